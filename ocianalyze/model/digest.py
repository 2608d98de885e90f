"""Digests: of blobs, of uncompressed layers (diff IDs) and of stacks of layers (chain IDs)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Self

from ocianalyze.errors import DocumentError

_GRAMMAR = re.compile(r"[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[A-Za-z0-9=_-]+", re.ASCII)
_HEX_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128, "blake3": 64}


class Digest(str):
    """A content digest, `algorithm:encoded` (image-spec, descriptor.md, Digests).

    A `str`, so that it prints, sorts and compares as it is written. Text from outside comes in by `parse`.
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """The digest that *text* spells; DocumentError if it spells none."""
        if not _GRAMMAR.fullmatch(text):
            raise DocumentError(f"{text[:80]!r} is not a digest", hint="expected something like sha256:<64 hex digits>")
        algorithm, _, encoded = text.partition(":")
        length = _HEX_LENGTHS.get(algorithm)
        if length and not re.fullmatch(rf"[0-9a-f]{{{length}}}", encoded):
            raise DocumentError(
                f"{text[:80]!r} is not a {algorithm} digest", hint=f"expected {length} lower-case hex digits"
            )
        return cls(text)

    @classmethod
    def of(cls, data: bytes, algorithm: str = "sha256") -> Self:
        """The digest of *data*."""
        return cls(f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}")

    @property
    def algorithm(self) -> str:
        """The part before the colon."""
        return self.partition(":")[0]

    @property
    def encoded(self) -> str:
        """The part after the colon."""
        return self.partition(":")[2]

    @property
    def short(self) -> str:
        """The first twelve characters of the encoded part, as people quote them."""
        return self.encoded[:12]


class DiffID(Digest):
    """The digest of a layer's uncompressed tar (image-spec, config.md, Layer DiffID)."""

    __slots__ = ()


UNKNOWN = DiffID("sha256:" + "0" * 64)
"""Stands for that of a layer that is missing, and of which nothing is claimed."""


class ChainID(Digest):
    """The digest of a stack of layers (image-spec, config.md, Layer ChainID)."""

    __slots__ = ()


def chain_ids(diff_ids: Sequence[DiffID]) -> tuple[ChainID, ...]:
    """The chain ID of each prefix of *diff_ids*, bottom layer first."""
    chain: list[ChainID] = []
    for diff_id in diff_ids:
        chain.append(ChainID.of(f"{chain[-1]} {diff_id}".encode()) if chain else ChainID(diff_id))
    return tuple(chain)
