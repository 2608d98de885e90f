"""What is odd about a header, said beside the member that it describes."""

from __future__ import annotations

from typing import NamedTuple

from ocianalyze.model.finding import Level

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

    @property
    def message(self) -> str:
        """The whole sentence."""
        start = "readers disagree" if self.code == DISAGREE else "runtimes refuse the layer"
        return f"{start}: {self.words}"

    @property
    def level(self) -> Level:
        """How bad it is."""
        return Level.ERROR if self.code == REFUSED else Level.WARNING
