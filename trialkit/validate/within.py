"""Whether a form can be checked some subjects at a time."""

from __future__ import annotations

from trialkit.model import Form
from trialkit.validate.compiled import Compiled, compiled
from trialkit.validate.groups import grouped_by


def within_subject(form: Form) -> bool:
    """Whether the rows of a subject are all that the form's rules, and the identity of its findings, depend on.

    They do not if the key or a rule compares rows of several subjects, or a rule looks beyond the form.
    """
    keyed = form.subject in form.key and form.fields[form.subject].type == "text"
    return keyed and all(_within(form, item) for item in compiled(form))


def _within(form: Form, item: Compiled) -> bool:
    if item.cross:
        return False
    if item.rule.kind == "unique":
        return form.subject in item.reads
    return not item.kind.grouped or form.subject in grouped_by(form, getattr(item.args, "by", ()))
