"""Append-only store: uploads, events, snapshots. The only layer that knows a database."""

from trialkit.store.merge import overlay
from trialkit.store.records import Item, Overtaken, Standing, Submission, Verified
from trialkit.store.store import Store

__all__ = ["Item", "Overtaken", "Standing", "Store", "Submission", "Verified", "overlay"]
