"""Figures as SVG: a sheet of paths and words in the page's colors, and plots drawn on it."""
