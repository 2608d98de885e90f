"""The scanner against a dumb reader by Go's rules, on random tars of odd headers in chunks of any size."""

from __future__ import annotations

from blake3 import blake3
from hypothesis import given, settings
from hypothesis import strategies as st

from ocianalyze.errors import CorruptLayerError
from ocianalyze.model.entry import Entry, EntryKind, clean_path
from tests.tar.go_rules import GoRefusesError, Seen, Twin
from tests.tar.odd_headers import members
from tests.tar.scanning import scan
from tests.tar_builders import END

KINDS = {
    b"0": EntryKind.FILE,
    b"1": EntryKind.HARDLINK,
    b"2": EntryKind.SYMLINK,
    b"3": EntryKind.CHAR_DEVICE,
    b"4": EntryKind.BLOCK_DEVICE,
    b"5": EntryKind.DIRECTORY,
    b"6": EntryKind.FIFO,
}
"""What runtimes unpack; they refuse every other type."""
_ENDS = st.sampled_from([END, END, bytes(512), b"", bytes(700), bytes(512) + b"x" * 512])
_CHUNKS = st.sampled_from([1 << 20, 512, 700, 100])


@settings(max_examples=400, deadline=None)
@given(st.lists(members(), max_size=3), _ENDS, _CHUNKS)
def test_the_scanner_reads_and_refuses_what_go_does(tars: list[bytes], end: bytes, size: int) -> None:
    _compare(b"".join(tars) + end, size)


@settings(max_examples=200, deadline=None)
@given(st.lists(members(good=True), max_size=4), _CHUNKS)
def test_the_scanner_reads_what_go_reads(tars: list[bytes], size: int) -> None:
    _compare(b"".join(tars) + END, size)


def _compare(data: bytes, size: int) -> None:
    twin = Twin(data)
    try:
        twin.read()
        refused = not all(one.kind in KINDS for one in twin.seen)
    except GoRefusesError:
        refused = True
    try:
        found = scan(*(data[at : at + size] for at in range(0, len(data), size)))
    except CorruptLayerError:
        assert refused
        return
    assert refused == any(notice.code == "refused" for notice in found.notices.freeze())
    if not refused:
        assert [_known(entry) for entry in found.entries] == [_entry(one) for one in twin.seen]


def _known(entry: Entry) -> Entry:
    """*entry* without where its bytes stand, which the twin does not know."""
    return entry._replace(offset=0, sparse=None)


def _entry(one: Seen) -> Entry:
    kind = KINDS[one.kind]
    is_file, link = kind is EntryKind.FILE, _decode(one.link)
    return Entry(
        clean_path(_decode(one.name)).path,
        kind,
        len(one.content) if is_file else 0,
        one.mode & 0o7777,
        one.uid,
        one.gid,
        one.mtime_ns,
        {EntryKind.SYMLINK: link, EntryKind.HARDLINK: clean_path(link).path}.get(kind, ""),
        blake3(one.content).digest() if is_file else None,
        tuple(sorted((_decode(key), value) for key, value in one.xattrs.items())),
        one.device if kind in (EntryKind.CHAR_DEVICE, EntryKind.BLOCK_DEVICE) else None,
        _decode(one.uname),
        _decode(one.gname),
    )


def _decode(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")
