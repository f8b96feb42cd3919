"""Statistical methods: data frame in, tidy rows out; they know statistics and no trial.

``METHODS`` is the whole list. A method's module is imported when its ``params`` or ``run`` is first asked for.
"""

from __future__ import annotations

from trialkit.methods.base import Inputs, Method, MethodError, Row, positions, tidy

__all__ = ["METHODS", "Inputs", "Method", "MethodError", "Row", "positions", "tidy"]

METHODS: dict[str, Method] = {
    "summary": Method(
        name="summary",
        module="trialkit.methods.summary",
        title="Mean, spread, quantiles and missing values of numeric columns per arm.",
        needs="one or more numeric columns",
        citation="SAS Institute, PROC UNIVARIATE, PCTLDEF=5; Hyndman and Fan (1996) Am Stat 50:361, type 2",
        evidence="r",
        deviation="relative 3.7e-15 from R 4.2.2 over 4 columns x 3 arms",
    ),
    "counts": Method(
        name="counts",
        module="trialkit.methods.counts",
        title="Subjects per category and arm, with denominator and percent.",
        needs="one or more categorical columns",
        citation="counting; no model",
        evidence="second_program",
        deviation="none: equal counts, percents to 1e-12",
    ),
    "incidence": Method(
        name="incidence",
        module="trialkit.methods.incidence",
        title="Subjects with at least one row, and rows, in total and by nested terms.",
        needs="any number of rows per subject; up to four nested term columns",
        citation="counting; no model",
        evidence="second_program",
        deviation="none: equal counts, percents to 1e-12",
    ),
    "fisher": Method(
        name="fisher",
        module="trialkit.methods.fisher",
        title="Fisher's exact test of a two by two table, two-sided.",
        needs="two arms and two categories, or rows of which a subject has some or none",
        citation="Fisher (1935) J R Stat Soc 98:39; two-sided by the probabilities, as R fisher.test",
        evidence="r",
        deviation="relative 3.5e-14 from R 4.2.2 over 6 tables",
    ),
    "chi_square": Method(
        name="chi_square",
        module="trialkit.methods.chi_square",
        title="Pearson's chi-square test of a contingency table, with or without Yates' correction.",
        needs="two or more arms and two or more categories",
        citation="Pearson (1900) Phil Mag 50:157; Yates (1934) Suppl J R Stat Soc 1:217",
        evidence="r",
        deviation="relative 2.8e-14 from R 4.2.2 over 9 tables",
    ),
    "ancova": Method(
        name="ancova",
        module="trialkit.methods.ancova",
        title="Analysis of covariance: least-squares means, differences and a linear dose response.",
        needs="a numeric response, one row per subject, two or more arms",
        citation="Searle, Speed and Milliken (1980) Am Stat 34:216; ordinary least squares",
        evidence="r",
        deviation="relative 3e-13 from R 4.2.2 and emmeans 1.8.4 over 4 fits",
    ),
    "kaplan_meier": Method(
        name="kaplan_meier",
        module="trialkit.methods.kaplan_meier",
        title="Kaplan-Meier survival with Greenwood intervals, quantiles and numbers at risk.",
        needs="a time and an event (or censoring) indicator, one row per subject",
        citation="Kaplan and Meier (1958) JASA 53:457; Greenwood (1926); Brookmeyer, Crowley (1982) Biometrics 38:29",
        evidence="r",
        deviation="relative 1e-12 from R survival 3.5-3 over 7 data sets",
    ),
    "log_rank": Method(
        name="log_rank",
        module="trialkit.methods.log_rank",
        title="Log-rank test of two or more arms, stratified if asked.",
        needs="a time and an event (or censoring) indicator, one row per subject, two or more arms",
        citation="Mantel (1966) Cancer Chemother Rep 50:163; Peto and Peto (1972) J R Stat Soc A 135:185",
        evidence="r",
        deviation="relative 1e-12 from R survival 3.5-3 over 7 data sets",
    ),
    "cox": Method(
        name="cox",
        module="trialkit.methods.cox",
        title="Cox proportional hazards with Efron ties: hazard ratios against the reference arm.",
        needs="a time and an event (or censoring) indicator, one row per subject, two or more arms with events",
        citation="Cox (1972) J R Stat Soc B 34:187; Efron (1977) JASA 72:557; fitted by lifelines",
        evidence="r",
        deviation="1e-8 of R survival 3.5-3 over 7 data sets",
    ),
}
"""Every method by name, with the evidence that its numbers are right."""
