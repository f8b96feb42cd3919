"""A study is some hundred thousand small objects that all stay: looking for garbage among them takes long."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Python's cyclic collector stands still meanwhile; afterwards it is as it was, and what was made counts as old:
    it would else be looked through at once, and nearly all of it stays."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()


@contextmanager
def collector_past_what_stays() -> Iterator[None]:
    """The collector passes over what is there already (a study is large, and stays), unless it does so anyway."""
    if gc.get_freeze_count():
        yield
        return
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
