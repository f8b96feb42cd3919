"""A report as one HTML page: displays made, numbered and annotated, then handed to the template."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from trialkit.model.analysis import AnalysisSpec, Display, ListingSpec, ReportSpec
from trialkit.model.record import Snapshot
from trialkit.model.result import Results
from trialkit.model.study import Study
from trialkit.report import notes
from trialkit.report.body import body
from trialkit.report.check import bind, kind_of, preset_of
from trialkit.report.displays.base import unknown
from trialkit.report.displays.drawing import element_id
from trialkit.report.drill import Drill, drilled
from trialkit.report.formats.grid import wide
from trialkit.report.formats.text import held
from trialkit.report.looks import table_looks
from trialkit.report.losses import Ledger, entries_of, ledger_table, read_ledger
from trialkit.report.provenance import MethodEvidence, evidence, facts
from trialkit.report.rows import read_rows
from trialkit.report.scene import Scene
from trialkit.report.sizes import with_sizes
from trialkit.report.standing import standing
from trialkit.report.table import Cell, Part, Picture, TableModel
from trialkit.report.templating import environment, template_text

if TYPE_CHECKING:
    from jinja2 import Environment


MASKED = (
    "Arms are masked in this report. All subjects are shown together. What compares arms, or would tell them, is not "
    "computed; it is named in its place."
)


@dataclass(frozen=True)
class Shown:
    """A display as the template prints it."""

    id: str
    number: str
    title: str
    subtitle: str
    section: str
    population: str
    parts: tuple[Part, ...]
    reading: str
    footnotes: tuple[str, ...]
    source: str
    lost: TableModel | None
    lost_rows: int
    what: str

    @property
    def name(self) -> str:
        """``Table 14.1.1``, ``Figure 14.2.1``, ``Listing 16.2.1``; a number that already says so stays."""
        return f"{self.what} {self.number}" if self.number[:1].isdigit() else self.number

    @property
    def sideways(self) -> bool:
        """Whether it has a table too wide for upright paper."""
        return wide([part for part in self.parts if isinstance(part, TableModel)])


@dataclass(frozen=True)
class Page:
    """Everything the template prints."""

    title: str
    subtitle: str
    notice: str
    study: str
    shown: tuple[Shown, ...]
    annex: TableModel
    facts: tuple[tuple[str, str], ...]
    methods: tuple[MethodEvidence, ...]
    masked: bool
    drill: Drill | None
    css: str
    script: str

    @property
    def masked_words(self) -> str:
        """What stands at the head of a page without arms; "" on any other."""
        return MASKED if self.masked else ""

    @property
    def sections(self) -> tuple[tuple[str, tuple[Shown, ...]], ...]:
        """The displays by section, in order."""
        made: dict[str, list[Shown]] = {}
        for shown in self.shown:
            made.setdefault(shown.section, []).append(shown)
        return tuple((name, tuple(group)) for name, group in made.items())

    @property
    def script_hash(self) -> str:
        """The script as the page's policy names it."""
        return base64.b64encode(hashlib.sha256(self.script.encode()).digest()).decode()


def render(results: Results, study: Study, report: ReportSpec, snapshot: Snapshot, software: str) -> str:
    """A report as HTML text. See ``trialkit.report.render``."""
    return html_text(compose(results, study, report, snapshot, software))


def html_text(page: Page) -> str:
    """The page as HTML text; a character that HTML cannot hold is shown as its escape."""
    return held(_environment().get_template("report.html.j2").render(page=page)) + "\n"


def compose(results: Results, study: Study, report: ReportSpec, snapshot: Snapshot, software: str) -> Page:
    """The page before it is HTML: the displays with their tables, figures and notes."""
    rows, ledger = read_rows(results.rows), read_ledger(results.ledger)
    scenes = [
        Scene(study, d, rows, results.sets, preset_of(report, d), results.listings) for d in report.displays.values()
    ]
    shown = tuple(_shown(scene, ledger, snapshot, software, report.drill) for scene in scenes)
    specs = list(dict.fromkeys(spec.id for scene in scenes for spec in scene.specs))
    used = [study.analyses[name] for name in specs]
    lists = [study.listings[name] for name in dict.fromkeys(one.id for scene in scenes for one in scene.listed)]
    read: list[AnalysisSpec | ListingSpec] = [*used, *lists]
    annex = _annex(study, read, ledger, results)
    page = Page(
        title=report.title,
        subtitle=report.subtitle,
        notice=study.header.notice,
        study=f"{study.id}: {study.header.title}",
        shown=shown,
        annex=annex,
        facts=facts(study, snapshot, software),
        methods=evidence(used),
        masked=snapshot.masked,
        drill=None,
        css=template_text("report.css"),
        script=template_text("reading.js") + (template_text("drill.js") if report.drill else ""),
    )
    if not report.drill:
        return page
    stood = [standing(study, spec, ledger) for spec in read]
    return replace(page, drill=drilled(results, study, cells_of(page), stood, rows))


def cells_of(page: Page) -> Iterator[Cell]:
    """The cells of the page's tables."""
    tables = [page.annex]
    for shown in page.shown:
        tables += [part for part in shown.parts if isinstance(part, TableModel)]
        tables += [part.table for part in shown.parts if isinstance(part, Picture) and part.table]
        tables += [shown.lost] if shown.lost else []
    for table in tables:
        yield from table.cells


def _shown(scene: Scene, ledger: Ledger, snapshot: Snapshot, software: str, drill: bool) -> Shown:
    display: Display = scene.display
    kind = kind_of(display)
    made = kind.build(scene, bind(display, kind))
    entries = entries_of(ledger, scene.study, scene.reads)
    lost, told = sum(entry.lost for entry in entries), notes.notices(scene)
    closed = (f"{notes.CLOSED}{kind.closed}",) if drill and kind.closed else ()
    return Shown(
        id=element_id("display", display.id),
        number=display.number,
        title=display.title,
        subtitle=display.subtitle,
        section=display.section,
        population=notes.population(scene),
        parts=with_sizes(scene, (*told, *(map(unknown, made.parts) if told else made.parts))),
        reading=display.reading,
        footnotes=(*notes.footnotes(scene, made.notes), *closed),
        source=notes.source(scene, snapshot.id, software),
        lost=ledger_table(scene.study, entries, scene.sets, True) if lost else None,
        lost_rows=lost,
        what=kind.what or _what(made.parts),
    )


def _what(parts: tuple[Part, ...]) -> str:
    return "Figure" if any(isinstance(part, Picture) for part in parts) else "Table"


def _annex(study: Study, specs: list[AnalysisSpec | ListingSpec], ledger: Ledger, results: Results) -> TableModel:
    """All steps of the data sets, analyses and listings that the report uses, lost rows or not."""
    return ledger_table(study, entries_of(ledger, study, specs), results.sets, False)


def _environment() -> Environment:
    made = environment()
    made.filters |= {"table_looks": table_looks, "body": body}
    made.tests["picture"] = lambda part: isinstance(part, Picture)
    made.tests["table"] = lambda part: isinstance(part, TableModel)
    return made
