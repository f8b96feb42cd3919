"""Data out: findings, queries and results as files."""
