"""analyze(image): everything that the layers add up to, in one value."""

from __future__ import annotations

from dataclasses import dataclass

from ocianalyze.analysis.changes import Change
from ocianalyze.analysis.dive import DiveCompat
from ocianalyze.analysis.tree import UnionTree
from ocianalyze.analysis.waste import WasteReport
from ocianalyze.model.image import Image, Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """An image, replayed."""

    image: Image
    trees: tuple[UnionTree, ...]
    """trees[i] is the merged view after layer i. Empty for an image without layers."""
    changes: tuple[tuple[Change, ...], ...]
    """changes[i] is what layer i did to trees[i - 1], sorted by path."""
    waste: WasteReport
    dive: DiveCompat
    notices: tuple[Notice, ...]
    """The image's own, then those of the replay."""

    @property
    def tree(self) -> UnionTree:
        """The merged view after the last layer."""
        raise NotImplementedError


def analyze(image: Image, *, base_layers: int = 1) -> Analysis:
    """Replay *image*; the lowest *base_layers* layers count as the base image in `user_wasted`."""
    raise NotImplementedError
