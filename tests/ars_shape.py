"""The structure that the published JSON Schema of CDISC ARS 1.0 asks of the parts of a reporting event.

Per class: its keys, each with what it holds (a class in capitals, "text", "whole" or "yes/no", a list with "*" at the
end, several classes with "|"), those that are required with "!" in front.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

SELECTION = {"level": "!whole", "order": "!whole", "condition": "WhereClauseCondition"}
NAMED = {"name": "!text", "description": "text", "label": "text"}
GROUPING = {"id": "!text", "label": "text", "groupingDataset": "text", "groupingVariable": "text",
            "dataDriven": "!yes/no"}  # fmt: skip
SHAPES: dict[str, dict[str, str]] = {
    "ReportingEvent": NAMED | {
        "id": "!text", "version": "whole", "mainListOfContents": "!ListOfContents", "otherListsOfContents":
        "ListOfContents*", "referenceDocuments": "ReferenceDocument*", "terminologyExtensions": "TerminologyExtension*",
        "analysisOutputCategorizations": "AnalysisOutputCategorization*", "analysisSets": "AnalysisSet*",
        "analysisGroupings": "SubjectGroupingFactor*", "dataSubsets": "DataSubset*", "dataGroupings":
        "DataGroupingFactor*", "methods": "AnalysisMethod*", "analyses": "Analysis*", "outputs": "Output*",
        "globalDisplaySections": "GlobalDisplaySection*",
    },
    "ListOfContents": NAMED | {"contentsList": "!NestedList"},
    "NestedList": {"listItems": "OrderedListItem*"},
    "OrderedListItem": NAMED | {"level": "!whole", "order": "!whole", "analysisId": "text", "outputId": "text",
                                "sublist": "NestedList"},
    "TerminologyExtension": {"id": "!text", "enumeration": "text", "sponsorTerms": "!SponsorTerm*"},
    "SponsorTerm": {"id": "!text", "submissionValue": "!text", "description": "text"},
    "AnalysisSet": SELECTION | {"id": "!text", "label": "text", "compoundExpression": "CompoundSetExpression"},
    "CompoundSetExpression": {"logicalOperator": "!text", "whereClauses": "text*"},
    "DataSubset": SELECTION | {"id": "!text", "label": "text", "compoundExpression": "CompoundSubsetExpression"},
    "CompoundSubsetExpression": {"logicalOperator": "!text", "whereClauses": "WhereClause*"},
    "WhereClause": SELECTION,
    "WhereClauseCondition": {"dataset": "text", "variable": "text", "comparator": "text", "value": "text*"},
    "SubjectGroupingFactor": GROUPING | {"groups": "AnalysisGroup*"},
    "AnalysisGroup": SELECTION | {"id": "!text", "label": "text"},
    "DataGroupingFactor": GROUPING | {"groups": "DataGroup*"},
    "AnalysisMethod": NAMED | {"id": "!text", "operations": "!Operation*"},
    "Operation": NAMED | {"id": "!text", "order": "!whole", "resultPattern": "text"},
    "Analysis": NAMED | {
        "id": "!text", "version": "whole", "reason": "!Term", "purpose": "!Term", "dataset": "text", "variable": "text",
        "analysisSetId": "text", "dataSubsetId": "text", "orderedGroupings": "OrderedGroupingFactor*", "methodId":
        "!text", "results": "OperationResult*", "categoryIds": "text*",
    },
    "Term": {"controlledTerm": "text", "sponsorTermId": "text"},
    "OrderedGroupingFactor": {"order": "!whole", "groupingId": "!text", "resultsByGroup": "!yes/no"},
    "OperationResult": {"operationId": "!text", "resultGroups": "ResultGroup*", "rawValue": "text",
                        "formattedValue": "text"},
    "ResultGroup": {"groupingId": "!text", "groupId": "text", "groupValue": "text"},
    "Output": NAMED | {"id": "!text", "version": "whole", "displays": "!OrderedDisplay*", "categoryIds": "text*"},
    "OrderedDisplay": {"order": "!whole", "display": "!OutputDisplay"},
    "OutputDisplay": NAMED | {"id": "!text", "version": "whole", "displayTitle": "text",
                              "displaySections": "DisplaySection*"},
    "DisplaySection": {"sectionType": "text", "orderedSubSections": "OrderedSubSection*"},
    "OrderedSubSection": {"order": "!whole", "subSection": "!DisplaySubSection"},
    "DisplaySubSection": {"id": "!text", "text": "!text"},
}  # fmt: skip
WORDS = {
    "comparator": {"EQ", "NE", "GT", "GE", "LT", "LE", "IN", "NOTIN"},
    "logicalOperator": {"AND", "OR", "NOT"},
    "controlledTerm": {
        "SPECIFIED IN PROTOCOL", "SPECIFIED IN SAP", "DATA DRIVEN", "REQUESTED BY REGULATORY AGENCY",
        "PRIMARY OUTCOME MEASURE", "SECONDARY OUTCOME MEASURE", "EXPLORATORY OUTCOME MEASURE",
    },
    "sectionType": {"Header", "Title", "Rowlabel Header", "Legend", "Abbreviation", "Footnote", "Footer"},
    "enumeration": {"AnalysisReasonEnum", "AnalysisPurposeEnum", "OperationRoleEnum", "OutputFileTypeEnum"},
}  # fmt: skip
"""The terms allowed for a key."""
SIMPLE = {"text": str, "whole": int, "yes/no": bool}


def misfits(value: Any, shape: str = "ReportingEvent", place: str = "") -> Iterator[str]:
    """Every place of an event that does not have the structure."""
    if shape.endswith("*"):
        if not isinstance(value, list):
            yield f"{place}: no list"
            return
        for i, one in enumerate(value):
            yield from misfits(one, shape[:-1], f"{place}[{i}]")
    elif shape in SIMPLE:
        if type(value) is not SIMPLE[shape]:
            yield f"{place}: {value!r} is not {shape}"
        elif place.rpartition(".")[2] in WORDS and value not in WORDS[place.rpartition(".")[2]]:
            yield f"{place}: {value!r} is no term"
    else:
        yield from _object(value, SHAPES[shape], place)


def _object(value: Any, keys: dict[str, str], place: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{place}: no object"
        return
    yield from (f"{place}.{key}: missing" for key, held in keys.items() if held[0] == "!" and key not in value)
    for key, inner in value.items():
        if key not in keys:
            yield f"{place}.{key}: unknown"
        else:
            yield from misfits(inner, keys[key].lstrip("!"), f"{place}.{key}")
