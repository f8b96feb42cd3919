"""Data out: findings, queries and results as files; the study itself as documents."""
