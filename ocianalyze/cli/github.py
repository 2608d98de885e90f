"""What GitHub Actions shows of a run: annotations, and the report on the page of the workflow's summary."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ocianalyze.errors import UsageError

if TYPE_CHECKING:
    from ocianalyze.report.document import Report


def annotates() -> bool:
    """Whether this run is a step of a workflow."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def add_summary(report: Report) -> None:
    """Append *report* to the step's summary, where there is one."""
    name = os.environ.get("GITHUB_STEP_SUMMARY")
    if not name:
        return
    from io import StringIO
    from pathlib import Path

    from ocianalyze.report import to_markdown

    text = StringIO()
    to_markdown.write(report, text)
    try:
        with Path(name).open("a", encoding="utf-8", newline="\n") as out:
            out.write(text.getvalue() + "\n")
    except OSError as error:
        raise UsageError(f"cannot write {name}: {error.strerror or error}", where="GITHUB_STEP_SUMMARY") from error
