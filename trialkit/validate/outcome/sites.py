"""Which site a subject belongs to, for findings of forms that do not say."""

from __future__ import annotations

from collections.abc import Mapping

from trialkit.model import Form, Study, Table


def sites_of(study: Study, tables: Mapping[str, Table]) -> dict[str, str]:
    """Subject -> site by the study's roster, else by the submitted forms that have both; those with one site only.

    A field that may identify is left out.
    """
    roster = study.header.roster
    asked = [tables[roster]] if roster in tables else [table for table in tables.values() if _tells(table.form)]
    found: dict[str, set[str]] = {}
    for table in asked:
        pairs = table.frame[[table.form.subject, table.form.site]].dropna().drop_duplicates()
        for subject, site in pairs.astype(str).itertuples(index=False):
            found.setdefault(subject, set()).add(site)
    return {subject: next(iter(sites)) for subject, sites in found.items() if len(sites) == 1}


def _tells(form: Form) -> bool:
    names = (form.subject, form.site)
    return all(names) and not any(form.fields[name].identifying for name in names)
