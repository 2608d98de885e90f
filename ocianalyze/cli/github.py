"""What a CI server makes of a run: annotations, the page of a workflow's summary, and no commands out of an image."""

from __future__ import annotations

import io
import os
import re
from typing import TYPE_CHECKING, TextIO

from ocianalyze.errors import UsageError
from ocianalyze.report.formats.table import TEXT

if TYPE_CHECKING:
    from ocianalyze.report.values.documents import ReportDocument

_HASHES = re.compile(r"##(?=(?:vso)?\[)")
_COLONS = re.compile(r"^(\s*)::", re.MULTILINE)
_SERVERS = ("GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD")
"""Variables that servers set to `true`, in any case, for the steps that they run."""


def annotates() -> bool:
    """Whether this run is a step of a workflow."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def is_logged() -> bool:
    """Whether what is printed is read by a CI server, which may find commands in it."""
    return any(os.environ.get(name, "").lower() == "true" for name in _SERVERS)


def defused(text: str, inert: tuple[str, str] = TEXT.inert) -> str:
    """*text* for the log of a CI server, with every command of the server broken: a name in an image can be one.

    GitHub's runner obeys `::` at the start of a line and `##[` anywhere, that of Azure `##vso[`. *inert* is how a
    format spells `##` and `::` there. GitLab obeys nothing without control characters, which no output has.
    """
    if not is_logged():
        return text
    hashes, colons = inert
    return _COLONS.sub(lambda found: found[1] + colons, _HASHES.sub(lambda _: hashes, text))


class DefusedOutput(io.TextIOBase):
    """A stream that passes whole lines on to another, defused."""

    def __init__(self, out: TextIO, inert: tuple[str, str]) -> None:
        self._out = out
        self._inert = inert
        self._line: list[str] = []

    @property
    def encoding(self) -> str:  # type: ignore[override]  # a text stream can have it for good
        """The encoding of the other stream."""
        return self._out.encoding

    def isatty(self) -> bool:
        """Whether the other stream is a terminal."""
        return self._out.isatty()

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, text: str) -> int:
        """Pass on what ends with *text* in a line's end, and keep the rest until its line ends."""
        whole, end, rest = text.rpartition("\n")
        if end:
            self._out.write(defused("".join([*self._line, whole, end]), self._inert))
            self._line.clear()
        if rest:
            self._line.append(rest)
        return len(text)

    def finish(self) -> None:
        """Pass on a last line that has no end."""
        self._out.write(defused("".join(self._line), self._inert))
        self._line.clear()


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
