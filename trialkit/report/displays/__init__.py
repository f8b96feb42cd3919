"""Every kind of display by name. A new one is a file here and a line in ``DISPLAYS``."""

from __future__ import annotations

from trialkit.report.displays import (
    categories_table,
    characteristics_table,
    cumulative_incidence,
    difference_forest,
    disposition_table,
    estimates_table,
    forest_plot,
    incidence_table,
    kaplan_meier,
    listing_table,
    ls_means_by_visit,
    ls_means_table,
    mean_by_visit,
    mean_cumulative,
    multiplicity_table,
    results_table,
    stacked_bars,
    statistics_table,
    tipping_point,
)
from trialkit.report.displays.base import Kind

DISPLAYS: dict[str, Kind] = {
    "disposition_table": disposition_table.KIND,
    "characteristics_table": characteristics_table.KIND,
    "categories_table": categories_table.KIND,
    "estimates_table": estimates_table.KIND,
    "mean_by_visit": mean_by_visit.KIND,
    "ls_means_by_visit": ls_means_by_visit.KIND,
    "ls_means_table": ls_means_table.KIND,
    "kaplan_meier": kaplan_meier.KIND,
    "cumulative_incidence": cumulative_incidence.KIND,
    "forest_plot": forest_plot.KIND,
    "difference_forest": difference_forest.KIND,
    "mean_cumulative": mean_cumulative.KIND,
    "incidence_table": incidence_table.KIND,
    "listing_table": listing_table.KIND,
    "results_table": results_table.KIND,
    "statistics_table": statistics_table.KIND,
    "multiplicity_table": multiplicity_table.KIND,
    "stacked_bars": stacked_bars.KIND,
    "tipping_point": tipping_point.KIND,
}
