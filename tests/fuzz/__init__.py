"""Readers under mutated files: any bytes give rows or a refusal, in time, and rows that another reader has too."""
