"""trialkit: from raw trial uploads to a report an investigator can trust."""

__version__ = "0.1.0"
