"""compare(old, new): two images beside each other, in one value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ocianalyze.analysis.compare.configdiff import ConfigChange, HistoryChange, compare_configs, compare_histories
from ocianalyze.analysis.compare.growth import GrownPlace, Sizes, explain, roll_up
from ocianalyze.analysis.compare.layerdiff import LayerPair, align_layers, layers_to_pull
from ocianalyze.analysis.compare.treediff import DiffKind, PathDiff, compare_trees
from ocianalyze.analysis.query.glob import anchored
from ocianalyze.analysis.query.matching import GlobSet
from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.errors import UsageError
from ocianalyze.model.image import Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffOptions:
    """Which differences count, and how many rows explain them."""

    mtime: bool = False
    """Whether modification times count."""
    ignore: tuple[str, ...] = ()
    """Globs of paths that are left out, with all paths below them."""
    only: frozenset[DiffKind] = frozenset()
    """Kinds to keep; empty keeps all."""
    path: str = ""
    """The path that a difference is at or below; empty keeps all."""
    max_depth: int | None = None
    """How many names the paths in `growth` may have."""
    rows: int = 10
    """How many places `growth` may name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageDiff:
    """Two images, compared."""

    old: Analysis
    new: Analysis
    changes: tuple[PathDiff, ...]
    """Sorted by path."""
    sizes: tuple[Sizes, Sizes]
    """The bytes of each path, in the old and in the new image."""
    growth: tuple[GrownPlace, ...]
    """The places where the most bytes came and went, largest first."""
    layers: tuple[LayerPair, ...]
    to_pull: tuple[Layer, ...]
    """The new image's layers that a host that has the old image must fetch."""
    config: tuple[ConfigChange, ...]
    history: tuple[HistoryChange, ...]
    paths_only: bool = False
    """Whether the options keep only some paths, by place or kind, so that settings do not count."""

    @property
    def size_delta(self) -> int:
        """Bytes by which the new merged file system is larger, each hard-linked file counted once."""
        return self.new.waste.live - self.old.waste.live

    def delta(self, change: PathDiff) -> int:
        """Bytes by which *change* makes the new image larger; a file with several names counts at one of them."""
        old, new = self.sizes
        return new.of(change.path, change.new) - old.of(change.moved_from or change.path, change.old)

    @property
    def pull_cost(self) -> int:
        """Bytes of `to_pull`, as stored in the new archive."""
        return sum(layer.blob_size for layer in self.to_pull)

    @property
    def is_empty(self) -> bool:
        """Whether no path that the options keep differs, and no setting. Layers and history may differ."""
        return not self.changes and (self.paths_only or not self.config) and self.is_known

    @property
    def is_known(self) -> bool:
        """Whether all paths were compared: no layer is missing, or both images have the very same layers."""
        old, new = self.old.image, self.new.image
        return not (old.missing_layers or new.missing_layers) or old.has_the_layers_of(new)


def compare(old: Analysis, new: Analysis, options: DiffOptions | None = None) -> ImageDiff:
    """The difference of two images that were loaded with the same content digest."""
    options = options or DiffOptions()
    every = compare_trees(old.tree, new.tree, mtime=options.mtime)
    differing = {path for change in every for path in (change.path, change.moved_from)}
    wanted = _wanted(options)
    changes = tuple(change for change in every if _is_kept(change, options, wanted))
    sizes = Sizes(old, new.tree, differing), Sizes(new, old.tree, differing)
    rolled = roll_up(changes, *sizes, (lambda _: False) if options.only else wanted)
    return ImageDiff(
        old=old,
        new=new,
        changes=changes,
        sizes=sizes,
        growth=explain(rolled, rows=options.rows, max_depth=options.max_depth),
        layers=align_layers(old.image, new.image),
        to_pull=layers_to_pull(old.image, new.image),
        config=compare_configs(old.image, new.image),
        history=compare_histories(old.image, new.image),
        paths_only=bool(options.only or options.path.strip("/")),
    )


def _is_kept(change: PathDiff, options: DiffOptions, wanted: Callable[[str], bool]) -> bool:
    if options.only and change.kind not in options.only:
        return False
    return wanted(change.path) or bool(change.moved_from and wanted(change.moved_from))


def _wanted(options: DiffOptions) -> Callable[[str], bool]:
    """Whether *options* let a path count."""
    ignored = _ignored(options.ignore)
    prefix = options.path.strip("/")
    below = prefix + "/"
    return lambda path: (not prefix or path == prefix or path.startswith(below)) and not ignored(path)


def _ignored(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    """Whether a path matches one of *patterns* or is below one that does. A bare name matches at any depth."""
    for pattern in patterns:
        if not pattern.strip("/"):
            raise UsageError(f"{pattern!r} would ignore everything", hint="name a file or directory, as in /var/log/**")
    return GlobSet(map(anchored, patterns)).covers if patterns else lambda _: False
