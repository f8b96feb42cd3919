"""``python -m trialkit``."""

from trialkit.cli import main

main()
