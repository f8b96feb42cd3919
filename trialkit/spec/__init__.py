"""Strict YAML -> model; content lock; JSON Schema for editors."""

from trialkit.spec.build import build, convert
from trialkit.spec.folder import content_digests
from trialkit.spec.load import load_study
from trialkit.spec.text import read_yaml

__all__ = ["build", "content_digests", "convert", "load_study", "read_yaml"]
