"""What benchmarks/validate.py measures: the data, trialkit, and the peers."""
