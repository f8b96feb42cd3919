"""Figures as SVG: matplotlib's objects, the page's colors."""
