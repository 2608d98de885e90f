"""Layers that were read before, so that images which share them need not be scanned twice."""

from __future__ import annotations

import threading
from typing import NamedTuple

from ocianalyze.model.scanned import ScannedLayer


class Known(NamedTuple):
    """What a layer is known by."""

    digest: str
    """Of its blob."""
    algorithm: str
    """That its entries' contents are digested by."""
    claimed_size: int | None
    """Bytes of the blob, where nothing but its claims is known of it; None where its digest was verified."""


class LayerCache:
    """Scanned layers, so that a blob which was read is not scanned again. Safe across threads.

    Where layers are verified, one is kept only when its blob turned out to have the digest, and is given back only
    for a blob whose bytes have just been digested: what an archive merely claims never stands in for what is in it.
    So a known layer costs its digest, and is neither inflated nor scanned. Where nothing is verified, a blob is
    taken for another of the same claimed digest and size, unread. The two kinds are kept apart.
    """

    def __init__(self) -> None:
        self._known: dict[Known, ScannedLayer] = {}
        self._lock = threading.Lock()

    def get(self, key: Known) -> ScannedLayer | None:
        """The layer that was kept under *key*."""
        with self._lock:
            return self._known.get(key)

    def put(self, key: Known, layer: ScannedLayer) -> None:
        """Keep *layer*."""
        with self._lock:
            self._known[key] = layer
