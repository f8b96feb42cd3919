"""Reference-based imputation of missing visits on the mixed model for repeated measures."""
