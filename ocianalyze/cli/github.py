"""What GitHub Actions shows of a run: annotations, and the report on the page of the workflow's summary."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ocianalyze.errors import UsageError

if TYPE_CHECKING:
    from ocianalyze.report.values.documents import ReportDocument


_COMMAND = re.compile(r"^(\s*):(?=:)|#(?=#\[)", re.MULTILINE)


def annotates() -> bool:
    """Whether this run is a step of a workflow."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def defused(text: str) -> str:
    """*text* for the log of a workflow, with a space inside every command of its runner: a name in an image can be one.

    The runner obeys `::` at the start of a line, and `##[` anywhere.
    """
    return _COMMAND.sub(r"\g<0> ", text) if annotates() else text


def add_summary(document: ReportDocument) -> None:
    """Append the report to the step's summary, where there is one."""
    name = os.environ.get("GITHUB_STEP_SUMMARY")
    if not name:
        return
    from io import StringIO
    from pathlib import Path

    from ocianalyze.report.formats import to_markdown

    text = StringIO()
    to_markdown.write(document, text)
    try:
        with Path(name).open("a", encoding="utf-8", newline="\n") as out:
            out.write(text.getvalue() + "\n")
    except OSError as error:
        raise UsageError(f"cannot write {name}: {error.strerror or error}", where="GITHUB_STEP_SUMMARY") from error
