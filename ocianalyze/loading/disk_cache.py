"""Scanned layers kept on disk between runs, in files of one folder: paths, sizes and digests, and no file's content."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from ocianalyze.blobs.blob import Identity
from ocianalyze.loading.cache_folder import Bounds, Folder, KeptFile, beyond
from ocianalyze.loading.layer_cache import Known
from ocianalyze.loading.sealed import HEAD, about_of, seal, unseal
from ocianalyze.loading.wire import VERSION, DamagedError, pack, unpack
from ocianalyze.model.scanned import ScannedLayer

LEAST_IMAGE = 64 << 20
"""Bytes of the blobs of an image that is worth it: a smaller one is read in less than a second."""
LEAST_LAYER = 1 << 20
"""Bytes of the tar of a layer that is worth a file."""
_Kind = TypeVar("_Kind")
_FOLDER = "layers-v"
_LAYER, _SEEN = ".layer", ".seen"
_MOST_SEEN = 16
"""Places that a layer's bytes are remembered at."""
_SETTLED = 2_000_000_000
"""Nanoseconds since a file's last change before its time tells that nobody has written to it: clocks are coarse."""
_TIDY_EVERY = 64 << 20
"""Bytes written between two looks at how much there is."""


class About(msgspec.Struct, frozen=True):
    """What a file of the cache is about."""

    digest: str
    algorithm: str
    limits: tuple[int, ...]
    entries: int
    tar_size: int


class KeptLayer(NamedTuple):
    """One layer in the cache, for a list."""

    file: KeptFile
    about: About


class _VerifiedFile(msgspec.Struct, frozen=True):
    digest: str
    places: tuple[Identity, ...]


class DiskCache:
    """Layers that some run has verified and scanned. A `LayerCache`; what was not verified is never in it.

    Any failure is a miss: a damaged or foreign file, a full disk, a folder that cannot be written to. Several
    processes may use one folder, and any of them may be killed at any moment.
    """

    def __init__(
        self,
        home: Path,
        *,
        bounds: Bounds | None = None,
        least_image: int = LEAST_IMAGE,
        least_layer: int = LEAST_LAYER,
    ) -> None:
        """A cache in a folder of *home*, which is made when the first layer is kept."""
        self.home = home
        self.bounds = bounds or Bounds()
        self.least_image = least_image
        self.folder = Folder(home / f"{_FOLDER}{VERSION}")
        self._least_layer = least_layer
        self._untidied = _TIDY_EVERY

    def get(self, key: Known) -> ScannedLayer | None:
        """See `LayerCache`."""
        if key.claimed_size is not None:
            return None
        name = _name(key) + _LAYER
        sealed = self.folder.read(name)
        if sealed is None:
            return None
        try:
            about, data = unseal(sealed)
            found = _decoded(about, About)
            layer = unpack(data)
        except DamagedError:
            return None
        if (found.digest, found.algorithm, found.limits) != key[:3]:
            return None
        self.folder.use(name)
        return layer

    def put(self, key: Known, layer: ScannedLayer, packed: bytes | None = None, /) -> None:
        """See `LayerCache`."""
        if key.claimed_size is not None or layer.tar_size < self._least_layer:
            return
        about = About(str(key.digest), key.algorithm, key.limits, len(layer.entries), layer.tar_size)
        sealed = seal(msgspec.msgpack.encode(about), pack(layer) if packed is None else packed)
        if self.folder.write(_name(key) + _LAYER, sealed):
            self._untidied += len(sealed)
            if self._untidied >= _TIDY_EVERY:
                self._untidied = 0
                self.prune()

    def verified(self, key: Known, identity: Identity, /) -> None:
        """See `LayerCache`."""
        changed = max(identity.modified_ns, identity.changed_ns)
        settled = time.time_ns() - changed >= _SETTLED
        if not settled or not self.folder.has(_name(key) + _LAYER) or self.was_verified(key, identity):
            return
        places = (identity, *self._seen(key))[:_MOST_SEEN]
        data = msgspec.msgpack.encode(_VerifiedFile(str(key.digest), places))
        self.folder.write(_name(key) + _SEEN, seal(b"", data))

    def was_verified(self, key: Known, identity: Identity, /) -> bool:
        """See `LayerCache`."""
        return key.claimed_size is None and identity in self._seen(key)

    def layers(self) -> list[KeptLayer]:
        """Every layer, least recently used first, as the files themselves say."""
        found = []
        for file in self.folder.files():
            if file.path.suffix == _LAYER and (head := self.folder.read(file.path.name, HEAD)) is not None:
                try:
                    found.append(KeptLayer(file, _decoded(about_of(head), About)))
                except DamagedError:
                    continue
        return found

    def prune(self, bounds: Bounds | None = None) -> list[KeptFile]:
        """Drop what is past *bounds*, or those of the cache, in every version's folder; the files that went."""
        folders = self._folders()
        for folder in folders:
            folder.tidy()
        files = sorted((file for folder in folders for file in folder.files()), key=lambda kept: kept.used)
        dropped = beyond(files, bounds or self.bounds)
        for file in dropped:
            Folder(file.path.parent).remove(file.path.name)
        return dropped

    def clear(self) -> list[KeptFile]:
        """Drop everything; the files that went."""
        folders = self._folders()
        files = [file for folder in folders for file in folder.files()]
        for folder in folders:
            folder.clear()
        return files

    def files(self) -> list[KeptFile]:
        """Every file, of every version's folder."""
        return [file for folder in self._folders() for file in folder.files()]

    def _folders(self) -> list[Folder]:
        try:
            return [Folder(path) for path in sorted(self.home.glob(f"{_FOLDER}*"))]
        except OSError:
            return []

    def _seen(self, key: Known) -> tuple[Identity, ...]:
        sealed = self.folder.read(_name(key) + _SEEN)
        if sealed is None:
            return ()
        try:
            seen = _decoded(unseal(sealed).data, _VerifiedFile)
        except DamagedError:
            return ()
        return seen.places if seen.digest == key.digest else ()


def _name(key: Known) -> str:
    """The name of the files about *key*: of one length, whatever a digest looks like."""
    return hashlib.sha256(repr(key[:3]).encode()).hexdigest()[:40]


def _decoded(data: bytes, kind: type[_Kind]) -> _Kind:
    try:
        return msgspec.msgpack.decode(data, type=kind)
    except msgspec.MsgspecError as error:
        raise DamagedError(str(error)) from error
