"""The Cox model's kernels: risk sets, partial likelihoods, Newton's method, residuals and what follows from a fit."""
