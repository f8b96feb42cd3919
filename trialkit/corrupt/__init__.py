"""Errors planted in upload files, with their key. Shares nothing with the rules that have to find them."""

from trialkit.corrupt.plan import Plan, load_plan
from trialkit.corrupt.run import Planted, corrupt, write_corrupted

__all__ = ["Plan", "Planted", "corrupt", "load_plan", "write_corrupted"]
