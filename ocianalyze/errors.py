"""Every error raised on purpose.

::

    OcianalyzeError                    .message  .hint (what to try)  .where (layer or key path)
      ArchiveError                     the outer file: missing, not a tar, cut short, no image in it
        AmbiguousImageError            several images or platforms; lists them and the option that chooses
        MissingBlobError               a descriptor points at nothing
      DocumentError                    a JSON document is wrong; .where = "manifest.layers[2].digest"
      LayerError                       .layer (index)  .digest
        CorruptLayerError              bad or truncated gzip, zstd or tar
        UnsupportedCompressionError    a compression or encryption that is known and not read
        DigestMismatchError            .expected  .got
      LimitExceededError               a size, count, depth or ratio past the safety limits
      UsageError                       what was asked for cannot be: no such path, layer or option value

Errors are raised near the bytes with what is known there; the loader adds the layer on the way up.
"""

from __future__ import annotations

from typing import ClassVar


class OcianalyzeError(Exception):
    """An error with a message for people, where it happened, and what to try next."""

    usual_hint: ClassVar[str | None] = None
    """What to try next where the place that raises knows nothing better."""

    def __init__(self, message: str, *, hint: str | None = None, where: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint or self.usual_hint
        self.where = where

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class ArchiveError(OcianalyzeError):
    """The outer file is missing, is not an archive, is cut short, or holds no image."""


class AmbiguousImageError(ArchiveError):
    """More than one image or platform could be meant; `choices` lists them, a line each."""

    def __init__(self, message: str, *, choices: tuple[str, ...], hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
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
        """Say which layer this happened in, unless that is said already."""
        if self.layer is None:
            self.layer, self.digest = index, digest
            label = f"layer {index}" + (f" ({digest})" if digest else "")
            self.where = f"{label}, {self.where}" if self.where else label


class CorruptLayerError(LayerError):
    """The gzip, zstd or tar data of a layer is damaged or ends early."""

    usual_hint = "the data is damaged; fetch or save the image again"


class UnsupportedCompressionError(LayerError):
    """A layer is compressed or encrypted in a way that is recognised and not read."""


class DigestMismatchError(LayerError):
    """Bytes do not have the digest or the size that their descriptor claims."""

    def __init__(self, what: str, *, expected: str, got: str, hint: str | None = None) -> None:
        super().__init__(f"{what} is {got}, expected {expected}", hint=hint)
        self.expected = expected
        self.got = got


class LimitExceededError(LayerError):
    """A declared or actual size, count, depth or ratio is past the safety limits."""


class UsageError(OcianalyzeError):
    """What was asked for cannot be: no such path, no such layer, or options that exclude each other."""


def brief(text: str, limit: int = 200) -> str:
    """*text*, cut in the middle when it is long: names out of an image can be megabytes."""
    if len(text) <= limit:
        return text
    half = (limit - 3) // 2
    return f"{text[:half]}...{text[-half:]}"
