"""The outcome of a check as people, programs and spreadsheets read it: one module a format."""
