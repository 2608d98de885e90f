"""Saving a file or directory of an image to disk: extraction to a path of the person's own choice."""

from __future__ import annotations

from pathlib import Path

from ocianalyze.analysis.union.tree import FileNode, UnionTree
from ocianalyze.api.files import placed_in
from ocianalyze.tui.contents.source import ContentSource
from ocianalyze.writing.extract import Extracted, extract


def save(source: ContentSource, node: FileNode, target: Path, *, overwrite: bool = False) -> Extracted:
    """Write *node* to *target*, whole or not at all, following no link in the image or on the disk.

    An existing file is kept unless *overwrite*; an existing directory is merged into. Raises UsageError.
    """
    alone = UnionTree(FileNode(None, None, {target.name: node}))
    return extract(source, placed_in(alone), target.parent, force=overwrite)
