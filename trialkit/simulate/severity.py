"""Severity on the latent scale: by visit, subject, site and arm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialkit.simulate.design import Design

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray
    Random = np.random.Generator


def site_parts(design: Design, site: Array, rng: Random, apart: bool = False) -> Array:
    """(n,) the part of each subject's site, one draw a site; ``apart``: one a subject, as over all sites there are."""
    import numpy as np

    if apart:
        return design.plan.latent.site_sd * rng.standard_normal(len(site))
    parts = {name: design.plan.latent.site_sd * rng.standard_normal() for name in design.plan.sites}
    return np.array([parts[name] for name in site])


def severity(design: Design, site_part: Array, rng: Random) -> Array:
    """(n, v) severities without any arm: mean by visit, plus the site's, the subject's and the day's part.

    The day's part is AR(1) over days: the correlation of two visits is the day correlation to the power of the days
    between them, so visits need not be a day apart.
    """
    import numpy as np

    plan, n = design.plan.latent, len(site_part)
    subject = plan.subject_sd * rng.standard_normal(n) + site_part
    noise = rng.standard_normal((n, len(design.visits)))
    day = np.empty_like(noise)
    day[:, 0] = noise[:, 0]
    for j, gap in enumerate(np.diff(design.offsets), start=1):
        rho = plan.day_correlation ** float(gap)
        day[:, j] = rho * day[:, j - 1] + np.sqrt(1 - rho**2) * noise[:, j]
    mean = np.array([plan.mean[name] for name in design.visits])
    return mean + subject[:, None] + plan.day_sd * day


def effects(design: Design, arm: Array) -> Array:
    """(n, v) the shift of each subject's arm at each visit."""
    import numpy as np

    made = np.zeros((len(arm), len(design.visits)))
    for name, effect in design.plan.latent.effect.items():
        made[arm == name] = [effect.get(visit, 0.0) for visit in design.visits]
    return made
