"""The options of `diff`, in groups: which images are read, which differences count, and which of them end with 1."""

from __future__ import annotations

from dataclasses import replace
from functools import partial as with_panel
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ocianalyze.cli.caching import CACHE_DIR, NO_CACHE, TRUST_CACHE, remembering, tell_where
from ocianalyze.cli.image_options import read_limits
from ocianalyze.cli.options import Options, option
from ocianalyze.errors import UsageError

if TYPE_CHECKING:
    from ocianalyze.api import OpenedPair
    from ocianalyze.api.compare import BuildOptions, DiffOptions
    from ocianalyze.report.values.diff import SummaryBlock

_reading = with_panel(option, panel="Reading the images")
_counting = with_panel(option, panel="What counts")
_gate = with_panel(option, panel="Exit code")
_strict = with_panel(option, panel="As two builds of the same thing")


class DifferenceOptions(Options):
    """Which differences count."""

    mtime: Annotated[bool, _counting("Modification times count too.", "--mtime")] = False
    ignore: Annotated[list[str], _counting("Leave out paths that match, and all below. Repeatable.", metavar="GLOB")]
    only: Annotated[
        list[str],
        _counting("added, removed, content, metadata, replaced or moved. Repeatable.", metavar="KIND"),
    ]
    path: Annotated[str, _counting("Only what is at or below PREFIX.", metavar="PREFIX")] = ""
    max_depth: Annotated[int | None, _counting("Sum up directories that are deeper than N.", metavar="N", min=1)] = None

    def options(self) -> DiffOptions:
        """The options as a comparison takes them. UsageError for a name that is no kind of difference."""
        from ocianalyze.api.compare import DiffOptions

        return DiffOptions(
            mtime=self.mtime,
            ignore=tuple(self.ignore),
            only=self._kinds(),
            path=self.path,
            max_depth=self.max_depth,
        )

    def _kinds(self) -> frozenset[Any]:
        from ocianalyze.api.compare import DiffKind

        known = {kind.value: kind for kind in DiffKind}
        for name in self.only:
            if name not in known:
                raise UsageError(f"--only {name}: there is no such kind", hint=f"the kinds are {', '.join(known)}")
        return frozenset(known[name] for name in self.only)


class GateOptions(Options):
    """Which differences make the command end with 1."""

    exit_code: Annotated[bool, _gate("End with 1 when paths or settings differ.", "--exit-code")] = False
    max_growth: Annotated[
        str | None, _gate("End with 1 when NEW is larger by more, as 5MB or 3%.", metavar="SIZE|RATIO")
    ] = None

    def check(self) -> None:
        """UsageError where --max-growth is neither a size nor a ratio."""
        self._size_and_ratio()

    def is_exceeded_by(self, summary: SummaryBlock) -> bool:
        """Whether the new image of a comparison is larger by more than --max-growth."""
        size, ratio = self._size_and_ratio()
        if size is not None:
            return summary.size_delta > size
        return ratio is not None and summary.growth_ratio > ratio

    def _size_and_ratio(self) -> tuple[int | None, float | None]:
        """By how many bytes, or by which share, NEW may be larger; at most one of the two is there."""
        from ocianalyze.model.amount import parse_ratio, parse_size

        if self.max_growth is None:
            return None, None
        if self.max_growth.strip().endswith("%"):
            return None, parse_ratio(self.max_growth)
        return parse_size(self.max_growth), None


class StrictOptions(Options):
    """Whether the images are compared as two builds of the same thing, and in which ways builds may differ."""

    reproducible: Annotated[bool, _strict("Compare strictly, as two builds of the same thing.", "--reproducible")] = (
        False
    )
    semantic: Annotated[bool, _strict("The same, and ignore all below but owners and layer order.", "--semantic")] = (
        False
    )
    ignore_timestamps: Annotated[bool, _strict("Of files, steps and image.", "--ignore-timestamps")] = False
    ignore_history: Annotated[bool, _strict("The steps of the build.", "--ignore-history")] = False
    ignore_layer_order: Annotated[bool, _strict("The order of layers.", "--ignore-layer-order")] = False
    ignore_file_order: Annotated[bool, _strict("The order in the tar.", "--ignore-file-order")] = False
    ignore_owners: Annotated[bool, _strict("Users, groups and their names.", "--ignore-owners")] = False
    ignore_tar_format: Annotated[
        bool, _strict("What no field shows: headers, padding, compression.", "--ignore-tar-format")
    ] = False
    ignore_image_name: Annotated[bool, _strict("Tags.", "--ignore-image-name")] = False

    @property
    def is_asked_for(self) -> bool:
        """Whether the comparison is strict."""
        return self.reproducible or self.semantic

    def options(self) -> BuildOptions | None:
        """In which ways builds may differ; None where the comparison is not strict.

        UsageError where a way is named and the comparison is not strict.
        """
        from ocianalyze.api.compare import BuildOptions

        allowed = BuildOptions(
            ignore_timestamps=self.ignore_timestamps or self.semantic,
            ignore_history=self.ignore_history or self.semantic,
            ignore_file_order=self.ignore_file_order or self.semantic,
            ignore_tar_format=self.ignore_tar_format or self.semantic,
            ignore_image_name=self.ignore_image_name or self.semantic,
            ignore_layer_order=self.ignore_layer_order,
            ignore_owners=self.ignore_owners,
        )
        if self.is_asked_for:
            return allowed
        if allowed.ignored:
            raise UsageError("what builds may differ in is for --reproducible", hint="add --reproducible")
        return None


class ImagePair(Options):
    """Which two images are compared, and how they are read."""

    goes_last = True
    old: Annotated[str, typer.Argument(metavar="OLD", help="The image before, as every IMAGE is named.")]
    new: Annotated[str, typer.Argument(metavar="NEW", help="The image after.")]
    old_platform: Annotated[str | None, _reading("Of OLD, this platform.", metavar="OS/ARCH[/VARIANT]")] = None
    new_platform: Annotated[str | None, _reading("Of NEW, this platform.", metavar="OS/ARCH[/VARIANT]")] = None
    old_image: Annotated[str | None, _reading("Of OLD, this image.", metavar="NAME|INDEX|DIGEST")] = None
    new_image: Annotated[str | None, _reading("Of NEW, this image.", metavar="NAME|INDEX|DIGEST")] = None
    no_verify: Annotated[bool, _reading("Do not check digests and sizes.", "--no-verify")] = False
    partial: Annotated[bool, _reading("Do without layers that an archive lacks.", "--partial")] = False
    cache_dir: Annotated[Path | None, _reading(CACHE_DIR, metavar="DIR")] = None
    no_cache: Annotated[bool, _reading(NO_CACHE, "--no-cache")] = False
    trust_cache: Annotated[bool, _reading(TRUST_CACHE, "--trust-cache")] = False
    limit: Annotated[list[str], _reading("Move a safety limit: entries=20000000. Repeatable.", metavar="NAME=VALUE")]

    def options(self) -> dict[str, Any]:
        """The arguments of `open_pair` that say how each image is read."""
        from ocianalyze.api import LoadOptions

        shared = LoadOptions(verify=not self.no_verify, partial=self.partial, limits=read_limits(self.limit))
        shared = remembering(shared, cache_dir=self.cache_dir, no_cache=self.no_cache, trust_cache=self.trust_cache)
        return {
            "old_options": replace(shared, image=self.old_image, platform=self.old_platform),
            "new_options": replace(shared, image=self.new_image, platform=self.new_platform),
        }

    def open(self, options: DiffOptions) -> OpenedPair:
        """Open, load, replay and compare them, with a progress bar where there is a terminal. Close the result."""
        from ocianalyze.api import for_good, open_pair
        from ocianalyze.cli.memory import keep_freed_memory
        from ocianalyze.cli.progress import watching

        keep_freed_memory()
        with for_good(), watching() as progress:
            reading = self.options()
            pair = open_pair(self.old, self.new, **reading, options=options, progress=progress)
        tell_where(reading["new_options"])
        return pair
