"""LayerCache: layers that were read before, so that a blob which is known is neither inflated nor scanned again."""

from __future__ import annotations

import threading
from typing import NamedTuple, Protocol

from ocianalyze.blobs.blob import Identity
from ocianalyze.model.limits import ReadLimits
from ocianalyze.model.scanned import ScannedLayer


class Known(NamedTuple):
    """What a layer is known by."""

    digest: str
    """Of its blob."""
    algorithm: str
    """That its entries' contents are digested by."""
    limits: tuple[int, ...]
    """Those of `ReadLimits` that decide what becomes of an entry, or whether the layer is read at all."""
    claimed_size: int | None = None
    """Bytes of the blob, where nothing but its claims is known of it; None where its digest was verified."""


def relevant(limits: ReadLimits) -> tuple[int, ...]:
    """Those of *limits* that one layer alone is held to."""
    return limits.name, limits.header, limits.inflated, limits.ratio


class LayerCache(Protocol):
    """Scanned layers. Safe across threads.

    Where layers are verified, one is kept only when its blob turned out to have the digest, and is given back only
    for a blob whose bytes have just been digested: what an archive merely claims never stands in for what is in it.
    So a known layer costs its digest, and is neither inflated nor scanned. Where nothing is verified, a blob is
    taken for another of the same claimed digest and size, unread. The two kinds are kept apart.
    """

    def get(self, key: Known) -> ScannedLayer | None:
        """The layer that was kept under *key*."""

    def put(self, key: Known, layer: ScannedLayer, packed: bytes | None = None, /) -> None:
        """Keep *layer*, which *packed* is the wire form of where somebody has that."""

    def verified(self, key: Known, identity: Identity, /) -> None:
        """Remember that the bytes at *identity* turned out to have the digest of *key*."""

    def was_verified(self, key: Known, identity: Identity, /) -> bool:
        """Whether an earlier run found that the bytes at *identity* have the digest of *key*."""


class MemoryCache:
    """The layers of this process. A `LayerCache` that gives the same value each time."""

    def __init__(self) -> None:
        self._known: dict[Known, ScannedLayer] = {}
        self._lock = threading.Lock()

    def get(self, key: Known) -> ScannedLayer | None:
        """See `LayerCache`."""
        with self._lock:
            return self._known.get(key)

    def put(self, key: Known, layer: ScannedLayer, _packed: bytes | None = None, /) -> None:
        """See `LayerCache`."""
        with self._lock:
            self._known[key] = layer

    def verified(self, _key: Known, _identity: Identity, /) -> None:
        """Nothing: one process reads a blob once."""

    def was_verified(self, _key: Known, _identity: Identity, /) -> bool:
        """Never, as no other run is known of."""
        return False


class Caches:
    """Several caches, asked in turn; a layer that one has is put into those before it. A `LayerCache`."""

    def __init__(self, *caches: LayerCache) -> None:
        self._caches = caches

    def get(self, key: Known) -> ScannedLayer | None:
        """See `LayerCache`."""
        for position, cache in enumerate(self._caches):
            found = cache.get(key)
            if found is not None:
                for earlier in self._caches[:position]:
                    earlier.put(key, found)
                return found
        return None

    def put(self, key: Known, layer: ScannedLayer, packed: bytes | None = None, /) -> None:
        """See `LayerCache`."""
        for cache in self._caches:
            cache.put(key, layer, packed)

    def verified(self, key: Known, identity: Identity, /) -> None:
        """See `LayerCache`."""
        for cache in self._caches:
            cache.verified(key, identity)

    def was_verified(self, key: Known, identity: Identity, /) -> bool:
        """See `LayerCache`."""
        return any(cache.was_verified(key, identity) for cache in self._caches)
