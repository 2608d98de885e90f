"""Comparing two images that are open: what counts as a difference, and two builds of the same thing."""

from __future__ import annotations

from collections.abc import Sequence

from ocianalyze.analysis.compare.builddiff import BuildDifference, BuildOptions, compare_builds
from ocianalyze.analysis.compare.imagediff import DiffOptions, ImageDiff
from ocianalyze.analysis.compare.treediff import DiffKind

__all__ = ["BuildDifference", "BuildOptions", "DiffKind", "DiffOptions", "ImageDiff", "build_differences"]


def build_differences(difference: ImageDiff, options: BuildOptions | None = None) -> Sequence[BuildDifference]:
    """Everything in which the two images of *difference* differ as builds of the same thing, and may not."""
    return compare_builds(difference.old.image, difference.new.image, options)
