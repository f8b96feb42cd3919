"""The catalogue's tables (SQLAlchemy Core). All of them are append-only, by triggers.

Findings and snapshots are kept as JSON of their dataclass beside the columns they are looked up by, so that an
added field needs no migration. A change that an older trialkit cannot read raises ``SCHEMA_VERSION``.
"""

from __future__ import annotations

from sqlalchemy import DDL, Column, ForeignKey, Integer, MetaData, String, Table, Text, event

SCHEMA_VERSION = 1
METADATA = MetaData()


def _append_only(table: Table) -> Table:
    """Refuse UPDATE, DELETE and INSERT OR REPLACE of rows once written (SQLite)."""
    for statement in _triggers_of(table).values():
        ddl = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
        event.listen(table, "after_create", ddl.execute_if(dialect="sqlite"))
    return table


def _triggers_of(table: Table) -> dict[str, str]:
    same = " AND ".join(f'"{column.name}" = NEW."{column.name}"' for column in table.primary_key.columns)
    on = table.name
    moments = {
        f"{on}_no_update": f"BEFORE UPDATE ON {on}",
        f"{on}_no_delete": f"BEFORE DELETE ON {on}",
        f"{on}_no_replace": f"BEFORE INSERT ON {on} WHEN EXISTS (SELECT 1 FROM {on} WHERE {same})",
    }
    refuse = f"BEGIN SELECT RAISE(ABORT, '{on} is append-only'); END"
    return {name: f"CREATE TRIGGER {name} {moment} {refuse}" for name, moment in moments.items()}


def triggers() -> dict[str, str]:
    """Every trigger a catalogue has (SQLite): name -> statement."""
    return {name: sql for table in METADATA.tables.values() for name, sql in _triggers_of(table).items()}


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _number(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def _hash(name: str) -> Column[str]:
    return Column(name, String(64), nullable=False)


META = _append_only(Table("meta", METADATA, Column("name", String(40), primary_key=True), _text("value")))

EVENTS = _append_only(
    Table(
        "events", METADATA,
        Column("number", Integer, primary_key=True, autoincrement=False),
        _text("kind"), _text("at"), _text("by"), _text("detail"), _hash("hash"),
    )
)  # fmt: skip

SUBMISSIONS = _append_only(
    Table(
        "submissions", METADATA,
        Column("number", Integer, primary_key=True, autoincrement=False),
        _text("at"), _text("by"), _text("reason"), _hash("study_digest"), _text("protocol_version"),
    )
)  # fmt: skip

UPLOADS = _append_only(
    Table(
        "uploads", METADATA,
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("submission", ForeignKey("submissions.number"), nullable=False, index=True),
        _text("form"), _text("form_version"), _text("file"), _hash("sha256"), _hash("table_sha256"),
        _text("mode"), _text("key"), _text("numbering"), _number("rows"),
    )
)  # fmt: skip

COVERED = _append_only(
    Table(
        "covered", METADATA,
        Column("submission", ForeignKey("submissions.number"), primary_key=True),
        Column("upload", ForeignKey("uploads.number"), primary_key=True),
    )
)  # fmt: skip
"""The uploads a submission consisted of: those it stored and those that were already there."""

FINDINGS = _append_only(
    Table(
        "findings", METADATA,
        Column("submission", ForeignKey("submissions.number"), primary_key=True),
        Column("position", Integer, primary_key=True, autoincrement=False),
        _text("form"), _text("key"), _text("body"),
    )
)  # fmt: skip

SNAPSHOTS = _append_only(
    Table(
        "snapshots", METADATA,
        Column("id", String(64), primary_key=True),
        Column("number", Integer, nullable=False, unique=True),
        _text("label"), _text("body"),
    )
)  # fmt: skip

SNAPSHOT_UPLOADS = _append_only(
    Table(
        "snapshot_uploads", METADATA,
        Column("snapshot", ForeignKey("snapshots.id"), primary_key=True),
        Column("upload", ForeignKey("uploads.number"), primary_key=True),
    )
)  # fmt: skip
"""The uploads a snapshot consists of; within a form their order is that of their numbers."""
