"""The command line. ``main`` is the entry point; commands are loaded when used."""

from trialkit.cli.main import main

__all__ = ["main"]
