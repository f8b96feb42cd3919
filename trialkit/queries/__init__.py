"""Findings over time: a finding keeps its identity over uploads; here is what became of it."""

from trialkit.queries.state import QueryRow, open_after, open_keys, state

__all__ = ["QueryRow", "open_after", "open_keys", "state"]
