"""CHECKS: every check, in the order in which they take wasted copies and look at an image."""

from __future__ import annotations

from ocianalyze.analysis.checks import builds
from ocianalyze.analysis.checks.check import Check
from ocianalyze.analysis.checks.secrets import SECRET
from ocianalyze.analysis.checks.squash import SQUASH

CHECKS: tuple[Check, ...] = (SECRET, *builds.CHECKS, SQUASH)
