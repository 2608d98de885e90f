"""The scanner against stdlib tarfile on random archives, and against GNU tar on sparse files."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
import tarfile
from decimal import Decimal
from pathlib import Path

import pytest
from blake3 import blake3
from hypothesis import given, settings
from hypothesis import strategies as st

from ocianalyze.model.entry import Entry, EntryKind, clean_path
from ocianalyze.model.limits import ReadLimits
from ocianalyze.tar.budget import EntryBudget
from ocianalyze.tar.scanner import TarScanner

LIMITS = ReadLimits()
KINDS = {
    tarfile.REGTYPE: EntryKind.FILE,
    tarfile.DIRTYPE: EntryKind.DIRECTORY,
    tarfile.SYMTYPE: EntryKind.SYMLINK,
    tarfile.LNKTYPE: EntryKind.HARDLINK,
    tarfile.CHRTYPE: EntryKind.CHAR_DEVICE,
    tarfile.BLKTYPE: EntryKind.BLOCK_DEVICE,
    tarfile.FIFOTYPE: EntryKind.FIFO,
}
FORMATS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}


def scan(chunks: list[bytes], **limits: int) -> TarScanner:
    scanner = TarScanner(limits=ReadLimits(**limits), budget=EntryBudget(LIMITS.entries))
    for chunk in chunks:
        scanner.feed(chunk)
    scanner.finish()
    return scanner


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    """*data* in chunks of *sizes*, over and over."""
    chunks, at, turn = [], 0, 0
    while at < len(data):
        size = sizes[turn % len(sizes)]
        chunks.append(data[at : at + size])
        at, turn = at + size, turn + 1
    return chunks


# Names of bytes that are UTF-8 or not, without NUL; whiteouts and `..` have tests of their own.
_parts = st.one_of(
    st.text(st.characters(blacklist_characters="/\0", blacklist_categories=["Cs"]), min_size=1, max_size=30),
    st.binary(min_size=1, max_size=20).map(
        lambda raw: raw.replace(b"\0", b"0").replace(b"/", b"_").decode("utf-8", "surrogateescape")
    ),
    st.sampled_from(["a", "b", "lib", "x" * 99, "y" * 150, "été", "-f"]),
).filter(lambda part: part not in (".", "..") and not part.startswith(".wh."))
_names = st.lists(_parts, min_size=1, max_size=5).map("/".join)
_sizes = st.one_of(st.sampled_from([0, 1, 511, 512, 513, 1023, 1024, 1025, 5000]), st.integers(0, 3000))


@st.composite
def _infos(draw: st.DrawFn) -> tuple[tarfile.TarInfo, bytes]:
    made = tarfile.TarInfo(draw(_names))
    made.type = draw(st.sampled_from(list(KINDS)))
    made.mode = draw(st.integers(0, 0o7777))
    made.uid = draw(st.sampled_from([0, 1000, 0o7777777, 0o10000000, 2**31]))
    made.gid = draw(st.sampled_from([0, 1000, 0o7777777, 0o10000000]))
    made.mtime = draw(st.sampled_from([0, 1, 1_700_000_000, 0o77777777777, 0o100000000000]))
    made.uname = draw(st.sampled_from(["", "root", "été", "n" * 31]))
    made.gname = draw(st.sampled_from(["", "wheel"]))
    if made.type in (tarfile.SYMTYPE, tarfile.LNKTYPE):
        made.linkname = draw(_names)
    if made.type in (tarfile.CHRTYPE, tarfile.BLKTYPE):
        made.devmajor, made.devminor = draw(st.integers(0, 0o7777777)), draw(st.integers(0, 0o7777777))
    data = b""
    if made.type == tarfile.REGTYPE:
        data = random.Random(draw(st.integers(0, 9))).randbytes(draw(_sizes))
        made.size = len(data)
    if draw(st.booleans()):
        made.pax_headers = draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "mtime": st.decimals(-(10**9), 10**10, places=9, allow_nan=False).map("{:f}".format),
                    "SCHILY.xattr.user.note": st.text(st.characters(blacklist_categories=["Cs"]), max_size=20),
                    "SCHILY.xattr.security.capability": st.sampled_from(["cap", "x=y\n2"]),
                    "comment": st.just("nothing"),
                },
            )
        )
    return made, data


def _archive(members: list[tuple[tarfile.TarInfo, bytes]], tar_format: int) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tar_format, errors="surrogateescape") as archive:
        for made, data in members:
            try:
                archive.addfile(made, io.BytesIO(data))
            except ValueError:  # the format cannot say it; tarfile writes nothing then
                continue
    return out.getvalue()


def _twin(data: bytes) -> list[Entry]:
    """What stdlib tarfile reads in *data*, as entries without the fields that it does not know."""
    entries = []
    with tarfile.open(fileobj=io.BytesIO(data), errors="surrogateescape") as archive:
        for one in archive:
            kind = KINDS[one.type]
            content = archive.extractfile(one) if kind is EntryKind.FILE else None
            link = clean_path(one.linkname).path if kind is EntryKind.HARDLINK else one.linkname
            xattrs = (
                (key.removeprefix("SCHILY.xattr."), value.encode("utf-8", "surrogateescape"))
                for key, value in one.pax_headers.items()
                if key.startswith("SCHILY.xattr.")
            )
            time = Decimal(one.pax_headers.get("mtime", str(one.mtime)))
            entries.append(
                Entry(
                    clean_path(one.name).path,
                    kind,
                    one.size if kind is EntryKind.FILE else 0,
                    one.mode & 0o7777,
                    one.uid,
                    one.gid,
                    int(time * 10**9),
                    link if kind in (EntryKind.HARDLINK, EntryKind.SYMLINK) else "",
                    blake3(content.read()).digest() if content else None,
                    tuple(sorted(xattrs)),
                    (one.devmajor, one.devminor) if kind in (EntryKind.CHAR_DEVICE, EntryKind.BLOCK_DEVICE) else None,
                    one.uname,
                    one.gname,
                    one.offset_data if kind is EntryKind.FILE else 0,
                )
            )
    return entries


@settings(max_examples=150, deadline=None)
@given(
    members=st.lists(_infos(), max_size=12),
    tar_format=st.sampled_from(list(FORMATS)),
    sizes=st.lists(st.one_of(st.sampled_from([1, 511, 512, 513, 10**6]), st.integers(1, 3000)), min_size=1, max_size=3),
)
def test_the_scanner_reads_what_tarfile_reads(
    members: list[tuple[tarfile.TarInfo, bytes]], tar_format: str, sizes: list[int]
) -> None:
    data = _archive(members, FORMATS[tar_format])
    assert scan(cut(data, sizes)).entries == _twin(data)


def _is_gnu_tar() -> bool:
    tar = shutil.which("tar")
    return bool(tar) and b"GNU tar" in subprocess.run([str(tar), "--version"], capture_output=True).stdout


SPARSE = {
    "gnu": ["--format=gnu"],
    "0.0": ["--format=posix", "--sparse-version=0.0"],
    "0.1": ["--format=posix", "--sparse-version=0.1"],
    "1.0": ["--format=posix", "--sparse-version=1.0"],
}


@pytest.mark.skipif(not _is_gnu_tar(), reason="GNU tar makes these")
@pytest.mark.parametrize("version", SPARSE)
@pytest.mark.parametrize("runs", [0, 1, 3, 5, 60])
@pytest.mark.parametrize("chunk", [700, 1 << 20])
def test_a_sparse_file_digests_as_the_file_that_gnu_tar_packed(
    tmp_path: Path, version: str, runs: int, chunk: int
) -> None:
    path = tmp_path / ("holes" * 30)
    with path.open("wb") as out:
        for run in range(runs):
            out.seek((2 * run + 1) * 65536)
            out.write(random.Random(run).randbytes(4096 + run))
        out.truncate((2 * runs + 2) * 65536 + 77)
    (tmp_path / "after").write_bytes(b"after")
    command = ["tar", "--sparse", *SPARSE[version], "-C", str(tmp_path), "-cf", "-", path.name, "after"]
    data = subprocess.run(command, check=True, capture_output=True).stdout
    whole = path.read_bytes()
    sparse, after = scan(cut(data, [chunk])).entries
    assert (sparse.path, sparse.size, sparse.kind) == (path.name, len(whole), EntryKind.FILE)
    assert sparse.content == blake3(whole).digest()
    assert sparse.sparse is not None
    assert len(sparse.sparse) >= runs
    assert after.content == blake3(b"after").digest()
    stored = sparse.offset
    for offset, length in sparse.sparse:
        assert data[stored : stored + length] == whole[offset : offset + length]
        stored += length
