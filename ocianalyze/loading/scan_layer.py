"""One layer of a load: out of the cache, or scanned and then kept there; and what is noted of either."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ocianalyze.errors import LayerError, brief
from ocianalyze.layers.reader import LayerReader, ScanOptions
from ocianalyze.loading.layer_cache import Known, LayerCache, relevant
from ocianalyze.loading.scheduling import LayerJob, Stopped
from ocianalyze.model.finding import Finding
from ocianalyze.model.scanned import ScannedLayer


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerScan:
    """How the layers of one load are scanned. Called from several threads, once for each layer."""

    how: ScanOptions
    advance: Callable[[int, int], None]
    """Called with the index of a layer and how many more of its bytes were read."""
    cache: LayerCache | None = None
    """Its layers are only digested, and without verification not even read."""
    trust: bool = False
    """Whether a blob is not read whose file is as it was when an earlier run verified it."""
    unread: list[int] = field(default_factory=list)
    """The layers that were trusted in that way; filled here."""

    def __call__(self, job: LayerJob, stop: threading.Event) -> ScannedLayer:
        """Read the layer of *job* to its end; LayerError, with the layer in it, for whatever is wrong with it."""

        def watch(data: bytes) -> None:
            if stop.is_set():
                raise Stopped
            self.advance(job.index, len(data))

        reader = job.reader
        try:
            scanned = self._cached(job, watch) or self._scanned(reader, watch)
            return _with_media_type(scanned, reader.claim.media_type)
        except LayerError as error:
            error.in_layer(job.index, reader.claim.label)
            raise

    def _cached(self, job: LayerJob, watch: Callable[[bytes], None]) -> ScannedLayer | None:
        """The layer as the cache has it, its blob digested once more; None where it is to be scanned."""
        reader, key = job.reader, self._key(job.reader)
        known = self.cache.get(key) if self.cache and key else None
        if known is None or not _serves(known, reader, verify=self.how.verify):
            return None
        self.how.budget.spend(known.spent_entries)
        self.how.bytes.spend(known.spent_bytes)
        if not self.how.verify:
            self.advance(job.index, reader.size)
        elif self._is_trusted(reader):
            self.advance(job.index, reader.size)
            self.unread.append(job.index)
        else:
            reader.check(watch)
            self._remember(reader)
        return known

    def _scanned(self, reader: LayerReader, watch: Callable[[bytes], None]) -> ScannedLayer:
        scanned = reader.scan(self.how, watch)
        key = self._key(reader)
        if self.cache and key and (reader.claim.digest or scanned.diff_id in (None, reader.digest)):
            self.cache.put(key, scanned)
            self._remember(reader)
        return scanned

    def _key(self, reader: LayerReader) -> Known | None:
        if reader.digest is None:
            return None
        size = None if self.how.verify else reader.size
        return Known(reader.digest, self.how.algorithm, relevant(self.how.limits), size)

    def _is_trusted(self, reader: LayerReader) -> bool:
        key, identity = self._key(reader), reader.identity()
        if not (self.trust and self.cache and key and identity and reader.claim.size in (None, reader.size)):
            return False
        return self.cache.was_verified(key, identity)

    def _remember(self, reader: LayerReader) -> None:
        """Let a later run know that the bytes of this layer have just been verified."""
        key, identity = self._key(reader), reader.identity()
        if self.how.verify and self.cache and key and identity and reader.is_unchanged():
            self.cache.verified(key, identity)


def _serves(known: ScannedLayer, reader: LayerReader, *, verify: bool) -> bool:
    """Whether *known* tells all that a scan by *reader* would."""
    claimed = reader.claim.diff_id
    if known.diff_id is None:
        return not verify and claimed is not None
    return claimed in (None, known.diff_id)


def _with_media_type(scanned: ScannedLayer, media_type: str) -> ScannedLayer:
    """*scanned*, with a notice when its bytes are not what the media type says."""
    if scanned.compression in _suffixes(media_type):
        return scanned
    words = "not compressed" if scanned.compression == "none" else scanned.compression
    message = f"the media type says {brief(media_type)}, and the bytes are {words}"
    return replace(scanned, notices=(Finding(code="media-type", message=message), *scanned.notices))


def _suffixes(media_type: str) -> tuple[str, ...]:
    """The compressions that *media_type* allows (image-spec, layer.md; docker's distribution manifests)."""
    if media_type.endswith(("+gzip", ".gzip")):
        return ("gzip",)
    if media_type.endswith((".tar+zstd", ".zstd")):
        return ("zstd",)
    if media_type.endswith((".tar", "+tar")):
        return ("none",)
    return ("none", "gzip", "zstd", "bzip2", "xz")
