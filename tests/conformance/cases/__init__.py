"""What a correct replay makes of each case: layers, the merged paths, the waste, the notices, and who says so.

A row's layers are lists of entries, bottom layer first. `expected` maps each merged path to what is there: the size
of a file, `DIR`, or `-> target` for a symlink.
"""

from __future__ import annotations

from typing import Final

from tests.conformance.cases.case import Case
from tests.conformance.cases.changes import CHANGES
from tests.conformance.cases.hardlinks import HARD_LINKS
from tests.conformance.cases.markers import MARKERS
from tests.conformance.cases.symlinks import SYMLINKS

CASES: Final[tuple[Case, ...]] = (*MARKERS, *CHANGES, *HARD_LINKS, *SYMLINKS)
