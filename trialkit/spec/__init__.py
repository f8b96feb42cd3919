"""Strict YAML -> model; content lock; JSON Schema for editors."""

from trialkit.spec.build import build, convert
from trialkit.spec.load import content_digests, load_study
from trialkit.spec.text import read_yaml

__all__ = ["build", "content_digests", "convert", "load_study", "read_yaml"]
