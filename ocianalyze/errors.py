"""Every error raised on purpose.

::

    OcianalyzeError                    .message  .hint  .remedy (what to try)  .where (layer or key path)
      ArchiveError                     the outer file: missing, not a tar, cut short, no image in it
        AmbiguousImageError            several images or platforms; lists them and the option that chooses
        MissingBlobError               a descriptor points at nothing
      DocumentError                    a JSON document is wrong; .where = "manifest.layers[2].digest"
      LayerError                       .layer (index)  .digest
        CorruptLayerError              bad or truncated gzip, zstd or tar
        UnsupportedLayerError          a file system or another thing that is no tar
        UnsupportedCompressionError    a compression or encryption that is known and not read
        DigestMismatchError            .expected  .got
      LimitExceededError               a size, count, depth or ratio past the safety limits
      UsageError                       what was asked for cannot be: no such path, layer or option value

Errors are raised near the bytes with what is known there; the loader adds the layer on the way up.

No message and no hint names an option of the command line: a choice that would help is a `Remedy`, which says itself
in words for a program, and which `cli.remedies` words as an option.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar, Literal

Side = Literal["", "old", "new", "base"]
"""The image that a choice is about: the only one, one of two that are compared, or the base image."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """A choice of the caller's that would help. `str()` gives it in words for a program."""


@dataclass(frozen=True, slots=True)
class Choose(Remedy):
    """Say which image, or the image for which platform, is meant."""

    what: Literal["image", "platform"]
    side: Side = ""

    def __str__(self) -> str:
        if self.side == "base":
            return "give base='ARCHIVE', of that image alone, or base_layers=N"
        place = f" in {self.side}_options=" if self.side else ""
        if self.what == "platform":
            return f"choose one with platform='os/arch[/variant]' or image='DIGEST'{place}"
        return f"choose one with image='NAME', image='INDEX' (its number in this list) or image='DIGEST'{place}"


@dataclass(frozen=True, slots=True)
class RaiseLimit(Remedy):
    """Raise the safety limit that has this name in `ReadLimits`."""

    name: str

    def __str__(self) -> str:
        return f"raise the safety limit with limits=ReadLimits({self.name}=NUMBER) if the image is to be trusted"


@dataclass(frozen=True, slots=True)
class SkipVerification(Remedy):
    """Read the image without checking digests, sizes and diff IDs."""

    def __str__(self) -> str:
        return "skip the check with verify=False"


@dataclass(frozen=True, slots=True)
class AllowMissingLayers(Remedy):
    """Read the layers that are there."""

    def __str__(self) -> str:
        return "use partial=True to analyse the other layers"


@dataclass(frozen=True, slots=True)
class ReadRootFiles(Remedy):
    """Read a root file system, or one layer, as an image of one layer."""

    def __str__(self) -> str:
        return "rootfs:PATH reads it as an image of one layer"


@dataclass(frozen=True, slots=True)
class ViewLayer(Remedy):
    """Look at the merged view after that layer."""

    layer: int

    def __str__(self) -> str:
        return f"layer={self.layer} shows it as it was before"


@dataclass(frozen=True, slots=True)
class Overwrite(Remedy):
    """Replace what is at the target."""

    def __str__(self) -> str:
        return "force=True replaces it"


@dataclass(frozen=True, slots=True)
class ForgoOwners(Remedy):
    """Extract files without their owners."""

    def __str__(self) -> str:
        return "leave out owners=True"


@dataclass(frozen=True, slots=True)
class ChooseCompression(Remedy):
    """Write layers with one of these compressions."""

    names: tuple[str, ...]

    @property
    def listed(self) -> str:
        """The names in a row: `gzip, zstd or none`."""
        return f"{', '.join(self.names[:-1])} or {self.names[-1]}"

    def __str__(self) -> str:
        return f"choose compression= {self.listed}"


@dataclass(frozen=True, slots=True)
class GiveBaseline(Remedy):
    """Give an earlier report or image, which the growth is compared with."""

    def __str__(self) -> str:
        return "baseline= takes the numbers of an earlier report or image"


@dataclass(frozen=True, slots=True)
class WriteReport(Remedy):
    """Write the JSON report of the earlier image."""

    def __str__(self) -> str:
        return "the JSON report of an earlier image is one"


class OcianalyzeError(Exception):
    """An error with a message for people, the place where it happened, and things to try next."""

    usual_hint: ClassVar[str | None] = None
    """The hint where the place that raises knows none that is better."""

    def __init__(
        self, message: str, *, hint: str | None = None, remedy: Remedy | None = None, where: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint or (None if remedy else self.usual_hint)
        """A thing to try that is no choice of the caller's, such as to save the image again."""
        self.remedy = remedy
        """The choice of the caller's that would help."""
        self.where = where

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message

    @property
    def suggestion(self) -> str | None:
        """Hint and remedy in one line, in words for a program; None where there is neither."""
        return joined(self.hint, None if self.remedy is None else str(self.remedy))


class ArchiveError(OcianalyzeError):
    """The outer file is missing, is not an archive, is cut short, or holds no image."""


class AmbiguousImageError(ArchiveError):
    """More than one image or platform could be meant; `choices` lists them, a line each."""

    def __init__(self, message: str, *, choices: tuple[str, ...], remedy: Remedy | None = None) -> None:
        super().__init__(message, remedy=remedy)
        self.choices = choices

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *(f"  {choice}" for choice in self.choices)])


class MissingBlobError(ArchiveError):
    """A descriptor names a blob that the archive does not hold."""

    usual_hint = "the archive is not complete; save the image again"


class DocumentError(OcianalyzeError):
    """A JSON document is not what the specification says; `where` is the key path at fault."""

    usual_hint = "the archive is damaged or was put together by hand; save the image again"


class LayerError(OcianalyzeError):
    """Something is wrong with one layer; the loader fills in `layer` and `digest`."""

    layer: int | None = None
    digest: str | None = None

    def in_layer(self, index: int, digest: str | None) -> None:
        """Add the layer in which this happened, unless a layer is named already."""
        if self.layer is None:
            self.layer, self.digest = index, digest
            label = f"layer {index}" + (f" ({digest})" if digest else "")
            self.where = f"{label}, {self.where}" if self.where else label


class CorruptLayerError(LayerError):
    """The gzip, zstd or tar data of a layer is damaged or ends early."""

    usual_hint = "the data is damaged; fetch or save the image again"


class UnsupportedLayerError(LayerError):
    """A layer is no tar but something else, such as a file system, which is recognised and not read."""

    usual_hint = "build or convert the image with layers of tar, and look at that one"


class UnsupportedCompressionError(LayerError):
    """A layer is compressed or encrypted in a way that is recognised and not read."""


class DigestMismatchError(LayerError):
    """Bytes do not have the digest or the size that their descriptor claims."""

    def __init__(
        self, what: str, *, expected: str, got: str, hint: str | None = None, remedy: Remedy | None = None
    ) -> None:
        super().__init__(f"{what} is {got}, expected {expected}", hint=hint, remedy=remedy)
        self.expected = expected
        self.got = got


class LimitExceededError(LayerError):
    """A declared or actual size, count, depth or ratio is past the safety limits."""


class UsageError(OcianalyzeError):
    """What was asked for cannot be: no such path, no such layer, or options that exclude each other."""


@contextmanager
def located(where: str) -> Iterator[None]:
    """Add *where* to the errors that come out of this block."""
    try:
        yield
    except OcianalyzeError as error:
        error.where = f"{where}, {error.where}" if error.where else where
        raise


def joined(hint: str | None, remedy: str | None) -> str | None:
    """*hint* and *remedy* as one line; None where both are."""
    return "; ".join(part for part in (hint, remedy) if part) or None


def brief(text: str, limit: int = 200) -> str:
    """*text*, cut in the middle when it is long: names out of an image can be megabytes."""
    if len(text) <= limit:
        return text
    half = (limit - 3) // 2
    return f"{text[:half]}...{text[-half:]}"
