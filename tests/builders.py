"""Images and layers, built in memory by a small vocabulary.

`build_image(layer(file("a", 10)), layer(whiteout("a")))` is an Image; nothing is read or written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from blake3 import blake3

from ocianalyze.model.digest import DiffID, Digest, chain_ids
from ocianalyze.model.documents import History, ImageConfig, Platform, RootFS, Runtime
from ocianalyze.model.entry import Entry, EntryKind
from ocianalyze.model.image import HistoryStep, Image, Layer

MTIME = 1_700_000_000_000_000_000


def file(
    path: str,
    content: bytes | int = b"",
    *,
    mode: int = 0o644,
    uid: int = 0,
    gid: int = 0,
    mtime_ns: int = MTIME,
    xattrs: tuple[tuple[str, bytes], ...] = (),
) -> Entry:
    """A regular file; an integer is a size, and stands for that many bytes that depend on the path alone."""
    data = content if isinstance(content, bytes) else path.encode("utf-8", "surrogateescape")
    size = content if isinstance(content, int) else len(content)
    return Entry(
        path,
        EntryKind.FILE,
        size,
        mode,
        uid,
        gid,
        mtime_ns,
        content=blake3(b"%d:" % size + data).digest(),
        xattrs=xattrs,
    )


def directory(path: str, *, mode: int = 0o755, uid: int = 0, gid: int = 0, mtime_ns: int = MTIME) -> Entry:
    return Entry(path, EntryKind.DIRECTORY, 0, mode, uid, gid, mtime_ns)


def symlink(path: str, target: str, *, mtime_ns: int = MTIME) -> Entry:
    return Entry(path, EntryKind.SYMLINK, 0, 0o777, 0, 0, mtime_ns, link_target=target)


def hardlink(path: str, target: str) -> Entry:
    return Entry(path, EntryKind.HARDLINK, 0, 0o644, 0, 0, MTIME, link_target=target)


def char_device(path: str, major: int, minor: int) -> Entry:
    return Entry(path, EntryKind.CHAR_DEVICE, 0, 0o600, 0, 0, MTIME, device=(major, minor))


def fifo(path: str) -> Entry:
    return Entry(path, EntryKind.FIFO, 0, 0o600, 0, 0, MTIME)


def whiteout(path: str) -> Entry:
    """A whiteout that hides *path*."""
    return Entry(path, EntryKind.WHITEOUT, 0, 0, 0, 0, MTIME)


def opaque(directory_path: str) -> Entry:
    """An opaque marker in *directory_path*."""
    return Entry(directory_path, EntryKind.OPAQUE, 0, 0, 0, 0, MTIME)


def layer(*entries: Entry) -> tuple[Entry, ...]:
    """The entries of one layer, in tar order."""
    return entries


def build_image(
    *layers: Sequence[Entry],
    created_by: Sequence[str] = (),
    runtime: Runtime | None = None,
    names: tuple[str, ...] = ("example:latest",),
) -> Image:
    """An Image of *layers*, bottom first; *created_by* gives their instructions."""
    diff_ids = tuple(
        DiffID("sha256:" + hashlib.sha256(repr((index, entries)).encode("utf-8", "surrogateescape")).hexdigest())
        for index, entries in enumerate(layers)
    )
    histories = [
        History(
            created_by=created_by[i] if i < len(created_by) else f"RUN step {i}",
            created="2024-01-01T00:00:00Z",
        )
        for i in range(len(layers))
    ]
    config = ImageConfig(
        os="linux",
        architecture="amd64",
        runtime=runtime,
        rootfs=RootFS(diff_ids=list(diff_ids)),
        history=histories,
    )
    return Image(
        source="example.tar",
        layout="oci-archive",
        names=names,
        digest=Digest.of(b"manifest"),
        config_digest=Digest.of(b"config"),
        platform=Platform(os="linux", architecture="amd64"),
        config=config,
        layers=tuple(
            Layer(
                index=index,
                diff_id=diff_ids[index],
                chain_id=chain,
                digest=Digest(diff_ids[index]),
                media_type="application/vnd.oci.image.layer.v1.tar",
                blob_size=sum(entry.size + 512 for entry in layers[index]) + 1024,
                tar_size=sum(entry.size + 512 for entry in layers[index]) + 1024,
                entries=tuple(layers[index]),
                history=histories[index],
            )
            for index, chain in enumerate(chain_ids(diff_ids))
        ),
        history=tuple(HistoryStep(history=history, layer=index) for index, history in enumerate(histories)),
        archive_size=sum(entry.size + 512 for entries in layers for entry in entries),
    )
