"""What 2,000 simulated subjects look like, against what they should: a table and a figure for the documentation.

``python benchmarks/simulated_data.py`` writes docs/explanation/simulated-data-table.md and
docs/images/simulated-data.png. Expected values and their sources are those of the scenario and of the literature
it cites; nothing here is used by the package.
"""

from __future__ import annotations

import io
from itertools import pairwise
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from trialkit.locate import shipped_study
from trialkit.simulate import simulate
from trialkit.spec import load_study

ROOT = Path(__file__).resolve().parents[1]
ITEMS = [f"COWS1{i:02d}" for i in range(1, 12)]
STAY = [f"DAY {i}" for i in range(1, 8)]
SUBJECTS = 2000
MISSING = {"DAY 1": 0.16, "DAY 2": 0.10, "DAY 3": 0.07, "DAY 4": 0.05, "DAY 5": 0.05, "DAY 6": 0.05, "DAY 7": 0.05}
Row = tuple[str, str, str, str]


def frames(scenario: str) -> tuple[dict[str, pd.DataFrame], dict]:
    """Every upload of a scenario as a frame, and its truth."""
    made = simulate(load_study(shipped_study()), scenario, SUBJECTS, 1)
    files = {name.removesuffix(".csv"): data for name, data in made.uploads.items()}
    read = {k: pd.read_csv(io.BytesIO(v), keep_default_na=False, na_values=[""]) for k, v in files.items()}
    return read, made.truth


def share(hits: int, n: int) -> str:
    """A share with its standard error."""
    p = hits / n
    return f"{100 * p:.1f}% ({100 * np.sqrt(p * (1 - p) / n):.1f})"


def alpha(items: pd.DataFrame) -> float:
    """Cronbach's alpha."""
    k = items.shape[1]
    return k / (k - 1) * (1 - items.var().sum() / items.sum(axis=1).var())


def scores(data: dict[str, pd.DataFrame]) -> list[Row]:
    """Alpha, totals, correlation, items."""
    cows = data["cows"]
    alphas = {day: alpha(cows.loc[cows["VISIT"] == day, ITEMS].dropna()) for day in ("DAY 0", *STAY)}
    totals = cows.groupby("VISIT")["COWS112"]
    mean, sd = totals.mean(), totals.std()
    wide = cows.pivot_table(index="USUBJID", columns="VISIT", values="COWS112")
    corr = wide.corr()
    one = [corr.loc[a, b] for a, b in pairwise(STAY)]
    rows: list[Row] = [
        (
            "Cronbach alpha, days 1 to 7",
            f"{min(list(alphas.values())[1:]):.2f} to {max(list(alphas.values())[1:]):.2f}",
            "0.74 to 0.80",
            "Tompkins 2009 (0.78), Turkish validation (0.74)",
        ),
        ("Cronbach alpha, baseline", f"{alphas['DAY 0']:.2f}", "lower", "the entry criterion narrows the range"),
        ("Baseline total, mean (SD)", f"{mean['DAY 0']:.1f} ({sd['DAY 0']:.1f})", "13 (4), 8 to 36", "assumed"),
        (
            "Correlation of totals one day apart",
            f"{min(one):.2f} to {max(one):.2f}",
            "below 0.79",
            "latent 0.4 + 0.6 x 0.65 = 0.79, lowered by the items' noise",
        ),
        (
            "Correlation of totals, day 1 and day 7",
            f"{corr.loc['DAY 1', 'DAY 7']:.2f}",
            "below 0.45",
            "latent 0.4 + 0.6 x 0.65^6 = 0.45, likewise",
        ),
    ]
    rows += [
        (
            f"Total on {day.lower()}, mean (SD)",
            f"{mean[day]:.1f} ({sd[day]:.1f})",
            "peak on day 2 or 3, then decline",
            "shape assumed",
        )
        for day in ("DAY 1", "DAY 2", "DAY 3", "DAY 5", "DAY 7")
    ]
    allowed = load_study(shipped_study()).forms["cows"]
    exact = all({f"{v:g}" for v in cows[i].dropna()} == set(allowed.fields[i].codes) for i in ITEMS)
    rows.append(
        ("Every allowed item score occurs, and no other", "yes" if exact else "NO", "yes", "Wesson and Ling 2003")
    )
    return rows


def leaving(data: dict[str, pd.DataFrame], truth: dict, title: str) -> list[Row]:
    """Leaving per day, and the reasons, per arm."""
    arm = data["rand"].set_index("USUBJID")["ARM"]
    visits = data["sv"]
    last = visits[visits["VISIT"].isin(STAY)].groupby("USUBJID").size()
    end = data["ds"].set_index("USUBJID")["DSDECOD"]
    rows: list[Row] = []
    for name, hazards in truth["parameters"]["dropout"]["hazard"].items():
        stayed = last[arm.reindex(last.index) == name]
        left = end.reindex(stayed.index) != "COMPLETED"
        seen = [((stayed == k) & left).sum() / (stayed >= k).sum() for k in range(1, 8)]
        rows.append(
            (
                f"{title}: leaving per day 1 to 7, {name}",
                " ".join(f"{100 * s:.0f}" for s in seen) + " %",
                " ".join(f"{100 * float(h):.0f}" for h in hazards) + " %",
                "7-day completion of Fishman 2019",
            )
        )
        reasons = end[arm.reindex(end.index) == name].value_counts(normalize=True)
        rows.append(
            (
                f"{title}: how it ended, {name}",
                ", ".join(f"{k.lower()} {100 * v:.0f}%" for k, v in reasons.items()),
                "",
                "shares of Fishman 2019, table 2",
            )
        )
    return rows


def events(data: dict[str, pd.DataFrame], truth: dict) -> list[Row]:
    """Adverse events, missing forms, rescue."""
    dosed = data["ec"]["USUBJID"].nunique()
    rows: list[Row] = []
    for term in truth["parameters"]["events"]["terms"].values():
        if "share" in term:
            hits = data["ae"].loc[data["ae"]["AEDECOD"] == term["label"], "USUBJID"].nunique()
            rows.append(
                (
                    f"Subjects with {term['label'].lower()} (SE)",
                    share(hits, dosed),
                    f"{100 * float(term['share']['Placebo']):.0f}%",
                    "Fishman 2019, table 2",
                )
            )
    seen = data["sv"].groupby("VISIT").size()
    for day, expected in MISSING.items():
        there = (data["cows"]["VISIT"] == day).sum()
        rows.append(
            (
                f"COWS form missing on {day.lower()} (SE)",
                share(seen[day] - there, seen[day]),
                f"{100 * expected:.0f}%",
                "CTN-0097 on days 1 to 3",
            )
        )
    for day, expected in (("DAY 1", 70), ("DAY 4", 46), ("DAY 7", 22)):
        rows.append(
            (
                f"Rescue medication on {day.lower()} (SE)",
                share((data["rm"]["VISIT"] == day).sum(), seen[day]),
                f"{expected}%",
                "order of CTN-0097",
            )
        )
    return rows


def kinetics(data: dict[str, pd.DataFrame]) -> list[Row]:
    """Medians of concentration after the first dose, and of the metabolite's share."""
    arm = data["rand"].set_index("USUBJID")["ARM"]
    conc = data["pc"].assign(ARM=arm.reindex(data["pc"]["USUBJID"]).to_numpy())
    first = conc[(conc["VISIT"] == "DAY 1") & (conc["PCTPT"] != "PREDOSE")]
    rows: list[Row] = []
    ke = np.log(2) / 40
    for name, dose in (("Low", 20), ("High", 40)):
        peak = first[(first["ARM"] == name) & (first["PCTESTCD"] == "MITRAG")].groupby("USUBJID")["PCSTRESN"].max()
        expected = 1000 * dose / (230 / ke) * 2 / (2 - ke) * (np.exp(-2 * ke) - np.exp(-4))
        rows.append(
            (
                f"Peak on day 1, {name}, {dose} mg: median (CV)",
                f"{peak.median():.1f} ng/mL ({100 * peak.std() / peak.mean():.0f}%)",
                f"{expected:.1f} ng/mL at 2 h",
                "one compartment, CL/F 230 L/h, half-life 40 h; see the note below",
            )
        )
    wide = first[first["ARM"] == "High"].pivot_table(index=["USUBJID", "PCTPT"], columns="PCTESTCD", values="PCSTRESN")
    ratio = (wide["HMITRAG"] / wide["MITRAG"]).groupby("USUBJID").median().median()
    rows.append(("7-hydroxymitragynine / mitragynine, median", f"{ratio:.2f}", "0.2", "Huestis 2024: 0.20 to 0.31"))
    return rows


def figure(data: dict[str, pd.DataFrame], path: Path) -> None:
    """Four panels: totals by day, items, leaving, concentration."""
    cows = data["cows"]
    drawing, ((top, below), (third, fourth)) = plt.subplots(2, 2, figsize=(9, 6.4), layout="constrained")
    days = ["DAY 0", *STAY]
    top.boxplot(
        [cows.loc[cows["VISIT"] == d, "COWS112"].dropna() for d in days],
        tick_labels=[d[4:] for d in days],
        showfliers=False,
        medianprops={"color": "#0072B2"},
    )
    top.set(title="COWS total by day", xlabel="Day", ylabel="Points")
    left = np.zeros(len(ITEMS))
    shown = cows[cows["VISIT"].isin(STAY)]
    for score, color in zip(range(6), ("#E8EDF1", "#BFD3E2", "#8FB8D6", "#5C9AC6", "#2F7BB0", "#0B4F80"), strict=True):
        part = np.array([(shown[i] == score).sum() / shown[i].notna().sum() for i in ITEMS])
        below.barh([i[4:] for i in ITEMS], part, left=left, color=color, label=str(score))
        left += part
    below.invert_yaxis()
    below.set(title="Item scores, days 1 to 7", xlabel="Share of records", ylabel="Item COWS...")
    below.legend(title="Score", ncols=1, loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    visits, arm = data["sv"], data["rand"].set_index("USUBJID")["ARM"]
    for name, style in (("Placebo", "--"), ("Low", "-"), ("High", "-.")):
        n = (arm == name).sum()
        there = [
            visits[(visits["VISIT"] == d) & (arm.reindex(visits["USUBJID"]).to_numpy() == name)].shape[0] / n
            for d in STAY
        ]
        third.plot(range(1, 8), there, style, marker="o", ms=3, label=name)
    third.set(
        title="Still in the stay (no difference is true)", xlabel="Day", ylabel="Share of randomized", ylim=(0, 1)
    )
    third.legend(frameon=False)
    conc = data["pc"].assign(ARM=arm.reindex(data["pc"]["USUBJID"]).to_numpy())
    hours = {"30 MIN": 0.5, "1 H": 1, "2 H": 2, "4 H": 4, "8 H": 8}
    for name, style in (("Low", "-"), ("High", "-.")):
        one = conc[(conc["ARM"] == name) & (conc["VISIT"] == "DAY 1") & (conc["PCTESTCD"] == "MITRAG")]
        quantiles = one.groupby("PCTPT")["PCSTRESN"].quantile([0.1, 0.5, 0.9]).unstack().reindex(list(hours))
        fourth.plot(list(hours.values()), quantiles[0.5], style, marker="o", ms=3, label=name)
        fourth.fill_between(list(hours.values()), quantiles[0.1], quantiles[0.9], alpha=0.15)
    fourth.set(title="Mitragynine, day 1: median, 10 to 90%", xlabel="Hours after the dose", ylabel="ng/mL")
    fourth.set_ylim(0, 1.22 * fourth.get_ylim()[1])  # the key stands above the bands
    fourth.legend(frameon=False, ncols=2, loc="upper center")
    drawing.savefig(path, dpi=110, metadata={"Software": None})


def main() -> None:
    """Write the table and the figure."""
    data, truth = frames("null")
    other, other_truth = frames("effect")
    rows = scores(data) + leaving(data, truth, "null") + leaving(other, other_truth, "effect")
    rows += events(data, truth) + kinetics(data)
    lines = ["| quantity | 2,000 subjects | expected | basis |", "|---|---|---|---|"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    (ROOT / "docs" / "explanation" / "simulated-data-table.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    figure(data, ROOT / "docs" / "images" / "simulated-data.png")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
