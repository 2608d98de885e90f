"""IMAGE and the options of how to read it: the same for every command that reads one."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import partial as with_panel
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ocianalyze.cli.caching import CACHE_DIR, NO_CACHE, TRUST_CACHE, remembering, tell_where
from ocianalyze.cli.options import Options, option
from ocianalyze.errors import UsageError

if TYPE_CHECKING:
    from ocianalyze.api import Analysis, LoadOptions, OpenedImage
    from ocianalyze.model.limits import ReadLimits

SHARED_PANEL = "Reading the image"

_reading = with_panel(option, panel=SHARED_PANEL)
_base = with_panel(option, panel="The base image")

ImageArgument = Annotated[
    str,
    typer.Argument(
        metavar="IMAGE",
        show_default=False,
        help="An archive (docker save, OCI; also .gz, .zst), an OCI layout directory, or - for standard input.",
    ),
]


class NamedImage(Options):
    """Which image is meant, and how large it may be."""

    goes_last = True
    image_: ImageArgument
    platform: Annotated[str | None, _reading("Choose one of several platforms.", metavar="OS/ARCH[/VARIANT]")] = None
    image: Annotated[str | None, _reading("Choose one of several images.", metavar="NAME|INDEX|DIGEST")] = None
    rootfs: Annotated[
        bool, _reading("Read IMAGE as a root file system: a directory, or a tar as docker export writes.", "--rootfs")
    ] = False
    limit: Annotated[
        list[str], _reading("Change a safety limit, as in entries=20000000. Repeatable.", metavar="NAME=VALUE")
    ]

    @property
    def path(self) -> str:
        """IMAGE as the command line names it: a path, `-`, or a source by its prefix."""
        return self.image_

    def options(self) -> LoadOptions:
        """The options of reading the image, without those that only an ImageToRead has."""
        from ocianalyze.api import LoadOptions

        limits = read_limits(self.limit)
        return LoadOptions(image=self.image, platform=self.platform, rootfs=self.rootfs, limits=limits)


class ImageToRead(NamedImage):
    """An image that is read, and what in it may be wrong or missing."""

    no_verify: Annotated[bool, _reading("Do not check digests and sizes.", "--no-verify")] = False
    partial: Annotated[bool, _reading("Analyse the other layers where the archive lacks some.", "--partial")] = False
    cache_dir: Annotated[Path | None, _reading(CACHE_DIR, metavar="DIR")] = None
    no_cache: Annotated[bool, _reading(NO_CACHE, "--no-cache")] = False
    trust_cache: Annotated[bool, _reading(TRUST_CACHE, "--trust-cache")] = False

    def options(self) -> LoadOptions:
        """The options of reading the image."""
        # Without arguments, super() does not find the class that slots made anew.
        options = dataclasses.replace(NamedImage.options(self), verify=not self.no_verify, partial=self.partial)
        return remembering(options, cache_dir=self.cache_dir, no_cache=self.no_cache, trust_cache=self.trust_cache)

    def open(self, *, content_algorithm: str = "blake3") -> OpenedImage:
        """Open, load and replay the image, with a progress bar where there is a terminal. Close the result."""
        from ocianalyze.api import for_good, open_image
        from ocianalyze.cli.diagnostics import note
        from ocianalyze.cli.memory import keep_freed_memory
        from ocianalyze.cli.progress import watching
        from ocianalyze.model.amount import are_missing

        options = dataclasses.replace(self.options(), content_algorithm=content_algorithm)
        keep_freed_memory()
        with for_good(), watching() as progress:
            opened = open_image(self.path, options=options, progress=progress, **self.base_image())
        tell_where(options)
        if missing := opened.image.missing_layers:
            note(f"{are_missing(missing)}: what is said of the others may be otherwise in the whole image")
        return opened

    def analyze(self, *, content_algorithm: str = "blake3") -> Analysis:
        """The Analysis of the image, for commands that need no content of its files."""
        with self.open(content_algorithm=content_algorithm) as opened:
            return opened.analysis

    def base_image(self) -> dict[str, Any]:
        """The arguments of `open_image` that name the base image: none, for the lowest layer is the base image then."""
        return {}


class ImageAboveBase(ImageToRead):
    """An image whose lowest layers are counted as the base image."""

    base_layers: Annotated[
        int | None, _base("Count the N lowest layers as the base image; without it, one.", metavar="N", min=0)
    ] = None
    base: Annotated[
        str | None, _base("Count as the base the layers that the image shares with this one.", metavar="ARCHIVE")
    ] = None

    def base_image(self) -> dict[str, Any]:
        """The arguments of `open_image` that name the base image. UsageError where two options name it."""
        if self.base is not None and self.base_layers is not None:
            raise UsageError("--base and --base-layers exclude each other")
        return {"base_layers": 1 if self.base_layers is None else self.base_layers, "base": self.base}


def read_limits(given: Sequence[str]) -> ReadLimits:
    """The limits that `--limit NAME=VALUE` moves, each of *given*. UsageError for a name that is no limit."""
    from ocianalyze.model.limits import ReadLimits

    names = [field.name for field in dataclasses.fields(ReadLimits)]
    values: dict[str, int] = {}
    for text in given:
        name, _, number = text.partition("=")
        if name not in names:
            raise UsageError(f"--limit {text}: there is no limit {name!r}", hint=f"the limits are {', '.join(names)}")
        if not (number.isascii() and number.isdigit() and int(number) > 0):
            raise UsageError(f"--limit {text}: expected a whole number above zero, as in {name}=1000000")
        values[name] = int(number)
    return ReadLimits(**values)
