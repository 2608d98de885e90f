"""The options of `diff`, in groups: how to read the two images, what counts, and what makes it fail."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from ocianalyze.cli.options import Options, option
from ocianalyze.cli.source import read_limits
from ocianalyze.errors import UsageError

if TYPE_CHECKING:
    from ocianalyze.api import LoadOptions
    from ocianalyze.api.compare import BuildOptions, DiffOptions
    from ocianalyze.report.values.diff import SummaryBlock

_reading = partial(option, panel="Reading the images")
_counting = partial(option, panel="What counts")
_gate = partial(option, panel="Exit code")
_strict = partial(option, panel="As two builds of the same thing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting(Options):
    """What counts as a difference."""

    mtime: Annotated[bool, _counting("Modification times count too.", "--mtime")] = False
    ignore: Annotated[
        list[str], _counting("Leave out paths that match, and all below. Repeatable.", metavar="GLOB")
    ] = field(default_factory=list)
    only: Annotated[
        list[str],
        _counting("added, removed, content, metadata, replaced or moved. Repeatable.", metavar="KIND"),
    ] = field(default_factory=list)
    path: Annotated[str, _counting("Only what is at or below PREFIX.", metavar="PREFIX")] = ""
    max_depth: Annotated[int | None, _counting("Sum up directories that are deeper than N.", metavar="N", min=1)] = None

    def options(self) -> DiffOptions:
        """The same, as a comparison takes it. UsageError for what is no kind."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthLimit:
    """By how much NEW may be larger: one of the two."""

    text: str
    size: int | None = None
    ratio: float | None = None

    def is_exceeded_by(self, summary: SummaryBlock) -> bool:
        """Whether the new image of a comparison is larger by more."""
        if self.ratio is not None:
            return summary.growth_ratio > self.ratio
        return summary.size_delta > (self.size or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate(Options):
    """What makes the command end with 1."""

    exit_code: Annotated[bool, _gate("End with 1 when paths or settings differ.", "--exit-code")] = False
    max_growth: Annotated[
        str | None, _gate("End with 1 when NEW is larger by more, as 5MB or 3%.", metavar="SIZE|RATIO")
    ] = None

    def growth_limit(self) -> GrowthLimit | None:
        """What --max-growth says. UsageError where it is neither a size nor a ratio."""
        from ocianalyze.model.amount import parse_ratio, parse_size

        text = self.max_growth
        if text is None:
            return None
        if text.strip().endswith("%"):
            return GrowthLimit(text=text, ratio=parse_ratio(text))
        return GrowthLimit(text=text, size=parse_size(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Strictness(Options):
    """Whether the images are compared as two builds of the same thing, and what these may differ in."""

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
        """What two builds may differ in; None where nobody asked for builds. UsageError for half of it."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class PairReading(Options):
    """Which images are meant, and how they are read."""

    old_platform: Annotated[str | None, _reading("Of OLD, this platform.", metavar="OS/ARCH[/VARIANT]")] = None
    new_platform: Annotated[str | None, _reading("Of NEW, this platform.", metavar="OS/ARCH[/VARIANT]")] = None
    old_image: Annotated[str | None, _reading("Of OLD, this image.", metavar="NAME|INDEX|DIGEST")] = None
    new_image: Annotated[str | None, _reading("Of NEW, this image.", metavar="NAME|INDEX|DIGEST")] = None
    no_verify: Annotated[bool, _reading("Do not check digests and sizes.", "--no-verify")] = False
    partial: Annotated[bool, _reading("Do without layers that an archive lacks.", "--partial")] = False
    limit: Annotated[
        list[str], _reading("Move a safety limit: entries=20000000. Repeatable.", metavar="NAME=VALUE")
    ] = field(default_factory=list)

    def options(self) -> tuple[LoadOptions, LoadOptions]:
        """How the old image is read, and the new one."""
        from ocianalyze.api import LoadOptions

        limits = read_limits(tuple(self.limit))
        old, new = (
            LoadOptions(image=image, platform=platform, verify=not self.no_verify, partial=self.partial, limits=limits)
            for image, platform in ((self.old_image, self.old_platform), (self.new_image, self.new_platform))
        )
        return old, new
