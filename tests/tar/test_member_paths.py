"""The paths of tar members: their spellings, two dots, links, and the markers that a base name may be."""

from __future__ import annotations

import pytest

from ocianalyze.errors import LimitExceededError
from ocianalyze.model.entry import EntryKind
from tests.tar.scanning import codes, entries, one, scan
from tests.tar_builders import header, member, tar


@pytest.mark.parametrize("name", [b"./a/b", b"/a/b", b"a//b", b"a/./b", b"a/b/.", b"//a/b", b"././/a///b"])
def test_spellings_of_one_path(name: bytes) -> None:
    found = entries(header(b"a/", kind=b"5"), header(name), header(name))
    assert [entry.path for entry in found] == ["a", "a/b", "a/b"]


def test_the_root_itself_is_an_entry_with_an_empty_path() -> None:
    for name in (b"./", b"/", b".", b"//"):
        assert one(header(name, kind=b"5")).path == ""


def test_names_with_two_dots_stay_inside_and_each_is_noted() -> None:
    names = [b"../x", b"a/../../x", b"a/../b", b"a/../c"]
    found = entries(*map(header, names))
    assert [entry.path for entry in found] == ["x", "x", "b", "c"]
    assert codes(*map(header, names)) == ["path-clamped"] * 4


def test_hard_links_name_a_path_and_symlinks_keep_their_words() -> None:
    hard, soft = entries(header(b"h", kind=b"1", link=b"./a//b/"), header(b"s", kind=b"2", link=b"./a//b/"))
    assert (hard.link_target, soft.link_target) == ("a/b", "./a//b/")
    assert codes(header(b"h", kind=b"1", link=b"../../etc/passwd")) == ["path-clamped"]
    assert one(header(b"h", kind=b"1", link=b"../../etc/passwd")).link_target == "etc/passwd"


def test_whiteouts_and_opaque_markers_of_any_type_and_place() -> None:
    found = entries(
        header(b"d/", kind=b"5"),
        header(b"d/plain"),
        header(b"d/.wh.gone"),
        header(b"d/.wh..wh..opq"),
        header(b".wh.top", kind=b"1", link=b"x"),
        header(b".wh..wh..opq"),
        member(b"d/.wh.full", b"data"),
        header(b"d/a.wh.b"),
        header(b"d/.wh"),
    )
    assert [(entry.kind, entry.path) for entry in found] == [
        (EntryKind.DIRECTORY, "d"),
        (EntryKind.FILE, "d/plain"),
        (EntryKind.WHITEOUT, "d/gone"),
        (EntryKind.OPAQUE, "d"),
        (EntryKind.WHITEOUT, "top"),
        (EntryKind.OPAQUE, ""),
        (EntryKind.WHITEOUT, "d/full"),
        (EntryKind.FILE, "d/a.wh.b"),
        (EntryKind.FILE, "d/.wh"),
    ]
    assert all(entry.size == 0 for entry in found)


def test_leftovers_of_aufs_and_bare_prefixes_are_noted_and_hide_nothing() -> None:
    names = [b".wh..wh.plnk", b".wh..wh.aufs", b".wh..wh.orph", b"d/.wh.", b".wh..", b"d/.wh..."]
    assert entries(*map(header, names)) == []
    assert codes(*map(header, names)) == ["aufs-marker"] * 3 + ["empty-marker"] * 3


def test_what_aufs_keeps_is_no_file_and_is_found_by_its_links() -> None:
    members = [
        member(b".wh..wh.plnk/", kind=b"5"),
        member(b".wh..wh.plnk/75.1", b"shared", mode=0o755),
        member(b"./.wh..wh.plnk/75.2", b"of no link"),
        member(b".wh..wh.orph/sub/", kind=b"5"),
        member(b".wh..wh.orph/sub/old", b"orphan"),
        member(b".wh..wh.orph/sub/.wh.gone"),
        member(b"bin/one", kind=b"1", link=b".wh..wh.plnk/75.1"),
        member(b"bin/two", kind=b"1", link=b"/.wh..wh.plnk/75.1"),
        member(b"bin/three", kind=b"1", link=b"bin/one"),
    ]
    found = entries(*members)
    assert [(entry.path, entry.kind, entry.link_target) for entry in found] == [
        ("bin/one", EntryKind.FILE, ""),
        ("bin/two", EntryKind.HARDLINK, "bin/one"),
        ("bin/three", EntryKind.HARDLINK, "bin/one"),
    ]
    assert (found[0].size, found[0].mode) == (6, 0o755)
    assert tar(*members)[found[0].offset :].startswith(b"shared")
    assert set(codes(*members)) == {"aufs-marker"}
    assert scan(tar(*members)).notices.freeze()[1].path == ".wh..wh.plnk/75.1"


def test_what_aufs_keeps_counts_as_entries() -> None:
    members = [member(b".wh..wh.plnk/%d" % number) for number in range(20)]
    scan(tar(*members), entries=20)
    with pytest.raises(LimitExceededError):
        scan(tar(*members), entries=19)


def test_notices_past_fifty_of_a_kind_are_counted_and_not_kept() -> None:
    found = scan(tar(*[header(b"../x")] * 300)).notices.freeze()
    assert len(found) == 51
    assert found[-1].message == "250 more of this kind are not listed"
