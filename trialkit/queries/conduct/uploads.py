"""What was uploaded, when and by whom; and which protocol version was in force at each site from when to when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from trialkit.model import Finding, Form, Study
from trialkit.store import Submission

if TYPE_CHECKING:
    import pandas as pd

SHORT = 12
"""Digits of a hash that are shown."""
UPLOADS = (
    "Submission",
    "Received (UTC)",
    "By",
    "File",
    "Form",
    "Rows",
    "Mode",
    "SHA-256",
    "Content",
    "Protocol",
    "Reason",
)
VERSIONS = ("Site", "Version", "In force from", "To", "Consent form", "Approved on", "Approved until", "Approval")


def uploads(history: Sequence[tuple[Submission, Sequence[Finding]]], forms: Mapping[str, Form]) -> pd.DataFrame:
    """A row for each file that was stored, oldest first: UPLOADS. A form stands by its title, one that is no more by
    its id; hashes are cut to SHORT digits."""
    import pandas as pd

    rows = [
        (
            submission.number, submission.at[:16].replace("T", " "), submission.by, one.file,
            forms[one.form].title if one.form in forms else one.form, one.rows, one.mode, one.sha256[:SHORT],
            submission.study_digest[:SHORT], submission.protocol_version, submission.reason,
        )
        for submission, _ in history
        for one in submission.stored
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(UPLOADS))


def versions(study: Study) -> pd.DataFrame:
    """A row for each site and version it adopted, in order of time: VERSIONS."""
    import pandas as pd

    rows = []
    for site in study.header.sites.values():
        adopted = sorted(site.adopted.items(), key=lambda pair: pair[1])
        ends = [on - timedelta(days=1) for _, on in adopted[1:]]
        for (version, on), end in zip(adopted, [*ends, None], strict=True):
            protocol = study.protocols[version]
            until = protocol.irb.expires_on
            rows.append(
                (site.id, version, str(on), str(end or ""), protocol.consent, str(protocol.irb.approved_on),
                 str(until or ""), protocol.irb.reference)
            )  # fmt: skip
    return pd.DataFrame(rows, columns=list(VERSIONS))
