"""The entry point: every way a command can end, as an exit code."""

from __future__ import annotations

import gc
import os
import sys

import click

from trialkit import __version__
from trialkit.cli.group import LazyGroup
from trialkit.errors import EXIT_INTERNAL, EXIT_STUDY, TrialkitError


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="trialkit", message="%(prog)s %(version)s")
def cli() -> None:
    """From raw trial uploads to a report an investigator can trust.

    Results go to standard output, progress and errors to standard error. Exit codes: 0 clean, 1 findings, 2 usage
    or study content, 3 input unreadable or refused, 4 an analysis or rule could not run, 5 snapshot or lock
    mismatch, 6 store, 70 internal error ('trialkit explain exit-codes').
    """


def main() -> None:
    """Run the command line and exit."""
    # numpy's linear algebra reads it when it is loaded: on matrices as small as a trial's, several threads mostly wait
    # for each other, at a third of a report's CPU time
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.set_threshold(100_000, 50, 50)  # a run makes many objects and ends: looking for cycles was a twelfth of its time
    code = run(sys.argv[1:])
    gc.freeze()  # all of it goes with the process, and need not be looked through before
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run with these arguments; the exit code. A user's mistake is told in words, never as a traceback."""
    try:
        code = cli.main(arguments, prog_name="trialkit", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except TrialkitError as error:
        return _failed(error.text, error.exit_code)
    except click.exceptions.Abort:
        return _failed("stopped", 130)
    except click.ClickException as error:
        error.show()
        return EXIT_STUDY
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  # the reader is gone; keep the interpreter from complaining
        return 0
    except Exception as error:
        if os.environ.get("TRIALKIT_DEBUG"):
            raise
        said = f"internal error: {type(error).__name__}. This is a fault of trialkit, not yours."
        return _failed(f"{said}\n    Run it again with TRIALKIT_DEBUG=1 and report what it prints.", EXIT_INTERNAL)


def _failed(text: str, code: int) -> int:
    click.echo(f"error: {text}", err=True)
    return code
