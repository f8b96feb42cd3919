"""The results as a reporting event in the structure of the CDISC Analysis Results Standard 1.0, as JSON.

What the standard has no place for is named in docs/reference/report-formats.md.
"""

from __future__ import annotations

import json
from typing import Any

from trialkit.model.analysis import Display
from trialkit.report.displays.drawing import element_id
from trialkit.report.formats.ard import LABELS
from trialkit.report.formats.ars_analyses import Analyses, Grouping, analyses
from trialkit.report.formats.ars_where import analysis_sets, data_subsets
from trialkit.report.formats.edition import Edition
from trialkit.report.page import Shown
from trialkit.report.rows import POPULATION

Json = dict[str, Any]


def write(edition: Edition) -> bytes:
    """One JSON document in UTF-8; keys in the order of the standard, numbers as text with all their digits."""
    return (json.dumps(event(edition), ensure_ascii=True, indent=1) + "\n").encode("ascii")


def event(edition: Edition) -> Json:
    """The reporting event."""
    made, study = analyses(edition), edition.study
    specs = [study.analyses[name] for name in made.members]
    populations = [study.populations[name] for name in dict.fromkeys(spec.population for spec in specs)]
    outputs = _outputs(edition)
    return {
        "id": f"{study.id}.{edition.report.id}",
        "version": 1,
        "name": edition.page.title,
        "description": f"{edition.page.study}. {edition.running}",
        "mainListOfContents": _contents(edition, outputs, made),
        "terminologyExtensions": _terms(made),
        "analysisSets": analysis_sets(populations),
        "analysisGroupings": [_arms(edition, one, made) for one in made.groupings if one.arms],
        "dataSubsets": data_subsets(specs),
        "dataGroupings": [_data_grouping(edition, one) for one in made.groupings if not one.arms],
        "methods": [_method(name, stats) for name, stats in made.operations.items()],
        "analyses": made.analyses,
        "outputs": outputs,
    }


def _contents(edition: Edition, outputs: list[Json], made: Analyses) -> Json:
    """Every display with its analyses below it."""
    names = {analysis["id"]: analysis["name"] for analysis in made.analyses}
    items = []
    for order, (display, output) in enumerate(zip(edition.report.displays.values(), outputs, strict=True), start=1):
        below = dict.fromkeys(id for name in display.analyses for id in made.members.get(name, ()))
        inner = [{"level": 2, "order": i, "name": names[id], "analysisId": id} for i, id in enumerate(below, start=1)]
        item: Json = {"level": 1, "order": order, "name": output["name"], "outputId": output["id"]}
        items.append(item | ({"sublist": {"listItems": inner}} if inner else {}))
    return {"name": "Displays and their analyses", "contentsList": {"listItems": items}}


def _terms(made: Analyses) -> list[Json]:
    """Purposes of analyses for which the standard has no term."""
    used = [analysis["purpose"].get("sponsorTermId") for analysis in made.analyses]
    terms = [{"id": term, "submissionValue": term.partition(".")[2].upper()} for term in dict.fromkeys(used) if term]
    return [{"id": "purposes", "enumeration": "AnalysisPurposeEnum", "sponsorTerms": terms}] if terms else []


def _arms(edition: Edition, grouping: Grouping, made: Analyses) -> Json:
    arms = edition.study.arms
    groups = [
        {"id": f"{grouping.id}.{arm}", "label": arms[arm].label if arm in arms else arm, "level": 1, "order": order,
         "condition": {"dataset": grouping.dataset, "variable": grouping.column, "comparator": "EQ",
                       "value": [arm]}}
        for order, arm in enumerate(made.arms, start=1)
    ]  # fmt: skip
    return {"id": grouping.id, "label": "Arm", "groupingDataset": grouping.dataset,
            "groupingVariable": grouping.column, "dataDriven": False, "groups": groups}  # fmt: skip


def _data_grouping(edition: Edition, grouping: Grouping) -> Json:
    if not grouping.dataset:
        return {"id": grouping.id, "label": grouping.column.capitalize(), "dataDriven": True}
    column = edition.study.datasets[grouping.dataset].columns.get(grouping.column)
    return {"id": grouping.id, "label": column.label if column else grouping.column,
            "groupingDataset": grouping.dataset, "groupingVariable": grouping.column,
            "dataDriven": True}  # fmt: skip


def _method(name: str, stats: dict[str, None]) -> Json:
    from trialkit.methods import METHODS

    known = METHODS.get(name)
    title = "Number of subjects" if name == POPULATION else known.title if known else name
    operations = [{"id": f"{name}.{stat}", "name": stat, "label": LABELS.get(stat, stat), "order": order}
                  for order, stat in enumerate(stats, start=1)]  # fmt: skip
    told = {"description": known.citation} if known else {}
    return {"id": name, "name": name, "label": title, **told, "operations": operations}


def _outputs(edition: Edition) -> list[Json]:
    shown = {one.id: one for one in edition.page.shown}
    return [_output(display, shown[element_id("display", display.id)])
            for display in edition.report.displays.values()]  # fmt: skip


def _output(display: Display, shown: Shown) -> Json:
    """A display with its title and footnotes; its cells are not part of the standard."""
    texts = {"Title": (f"{shown.name} {shown.title}", shown.subtitle, shown.population),
             "Footnote": (*shown.footnotes, shown.source)}  # fmt: skip
    sections = []
    for kind, lines in texts.items():
        parts = [{"order": i, "subSection": {"id": f"{display.id}.{kind.lower()}.{i}", "text": line}}
                 for i, line in enumerate((line for line in lines if line), start=1)]  # fmt: skip
        sections.append({"sectionType": kind, "orderedSubSections": parts})
    title = f"{shown.name} {shown.title}"
    inner = {"id": f"{display.id}.display", "version": 1, "name": title, "displayTitle": shown.title,
             "displaySections": sections}  # fmt: skip
    return {"id": display.id, "version": 1, "name": title, "displays": [{"order": 1, "display": inner}]}
