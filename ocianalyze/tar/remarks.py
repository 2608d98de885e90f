"""What is odd about a header, said beside the member that it describes."""

from __future__ import annotations

from typing import NamedTuple

from ocianalyze.model.finding import Finding, Level

DISAGREE = "readers-disagree"
"""Another reader sees another member than the runtimes do."""
REFUSED = "refused"
"""Runtimes refuse the whole layer, of which the rest is read all the same."""


class Remark(NamedTuple):
    """One oddity."""

    code: str
    """DISAGREE or REFUSED."""
    words: str
    """What the other reader sees, or why runtimes refuse it."""

    def finding(self, what: str, path: str | None = None) -> Finding:
        """The remark as a finding about *path* in *what*, "the layer" or "the archive"."""
        refused = self.code == REFUSED
        start = f"runtimes refuse {what}" if refused else "readers disagree"
        level = Level.ERROR if refused else Level.WARNING
        paths = () if path is None else (path,)
        return Finding(code=self.code, message=f"{start}: {self.words}", level=level, paths=paths)
