"""Every kind of display by name. A new one is a file here and a line in ``DISPLAYS``."""

from __future__ import annotations

from trialkit.report.displays import (
    categories_table,
    characteristics_table,
    completeness_map,
    conduct_table,
    cumulative_count,
    cumulative_incidence,
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
    participant_flow,
    results_table,
    side_by_side,
    subject_profile,
    subject_timeline,
    values_against_limits,
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
    "listing_table": listing_table.KIND,
    "results_table": results_table.KIND,
    "participant_flow": participant_flow.KIND,
    "side_by_side": side_by_side.KIND,
    "cumulative_count": cumulative_count.KIND,
    "subject_timeline": subject_timeline.KIND,
    "subject_profile": subject_profile.KIND,
    "conduct_table": conduct_table.KIND,
    "completeness_map": completeness_map.KIND,
    "values_against_limits": values_against_limits.KIND,
}
