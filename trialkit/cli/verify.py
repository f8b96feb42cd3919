"""``trialkit verify``."""

from __future__ import annotations

from pathlib import Path

import click

from trialkit.cli.common import note, quiet_option, store_of, store_option, study_option
from trialkit.words import many


@click.command("verify")
@study_option
@store_option
@click.option("--head", default="", metavar="HASH", help="An event's hash as 'trialkit freeze' printed it.")
@quiet_option
def command(study_dir: Path, store_dir: Path | None, head: str, quiet: bool) -> None:
    """Check that the whole store is as it was written, and tell how much was checked.

    The database itself, the chain of hashes through all events, every row they vouch for, and the SHA-256 of every
    file. Exit 5 at the first thing that differs. Only with --head, a hash noted outside the store, can a store that
    was rewritten as a whole, or cut off at its end, be told from the original. Writes nothing.
    """
    from trialkit import pipeline

    store = store_of(study_dir, store_dir)
    done = pipeline.verify(store, head)
    click.echo(
        f"verified {store}: {many(done.events, 'event')} in an unbroken chain; {many(done.submissions, 'submission')}, "
        f"{many(done.uploads, 'upload')}, {many(done.findings, 'finding')} and "
        f"{many(done.snapshots, 'snapshot')} as their events tell; "
        f"{many(done.files, 'file')} ({many(done.bytes, 'byte')}) with the SHA-256 of their names"
    )
    if head:
        click.echo(f"the head given is that of event {done.noted}; the log goes on for {done.events - done.noted} more")
    click.echo(f"head of the log {done.head}")
    if not head:
        note("no --head was given: a store rewritten as a whole, or cut off, looks the same", quiet)
