"""Scenario -> uploads whose truth is known."""

from trialkit.simulate.run import Simulated, simulate, write

__all__ = ["Simulated", "simulate", "write"]
