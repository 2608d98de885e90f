"""Layers that were read before, so that images which share them need not be scanned twice."""

from __future__ import annotations

import threading

from ocianalyze.archive.scanned import ScannedLayer


class LayerCache:
    """Scanned layers by the verified digest of their blob. Safe across threads.

    A layer is kept only when its blob's digest was verified, and is given back only for a blob whose bytes have
    just been digested again: what an archive merely claims never stands in for what is in it. So a known layer
    costs its digest, and is neither inflated nor scanned. One cache is for one `content_algorithm`.
    """

    def __init__(self) -> None:
        self._known: dict[str, ScannedLayer] = {}
        self._lock = threading.Lock()

    def get(self, digest: str) -> ScannedLayer | None:
        """The layer whose blob has *digest*."""
        with self._lock:
            return self._known.get(digest)

    def put(self, digest: str, layer: ScannedLayer) -> None:
        """Keep *layer*, whose blob was verified to have *digest*."""
        with self._lock:
            self._known[digest] = layer
