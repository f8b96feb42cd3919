"""Every kind of display by name. A new one is a file here and a line in ``DISPLAYS``."""

from __future__ import annotations

from trialkit.report.displays import (
    categories_table,
    characteristics_table,
    cumulative_incidence,
    disposition_table,
    dot_plot,
    estimates_table,
    forest_plot,
    incidence_table,
    kaplan_meier,
    listing_table,
    ls_means_by_visit,
    ls_means_table,
    mean_by_visit,
    mean_cumulative,
    quadrant_plot,
    results_table,
    shares_table,
    shift_table,
    values_by_visit,
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
    "mean_cumulative": mean_cumulative.KIND,
    "incidence_table": incidence_table.KIND,
    "shares_table": shares_table.KIND,
    "dot_plot": dot_plot.KIND,
    "shift_table": shift_table.KIND,
    "values_by_visit": values_by_visit.KIND,
    "quadrant_plot": quadrant_plot.KIND,
    "listing_table": listing_table.KIND,
    "results_table": results_table.KIND,
}
