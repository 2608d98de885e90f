"""Any layers, whatever links and names they hold: extraction stays inside, and makes what the merged view shows."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from ocianalyze.errors import UsageError
from ocianalyze.model.entry import EntryKind
from tests.api.making import open_layers
from tests.tar_builders import member, tar

_NAME = st.sampled_from([b"a", b"b", b"c", b"..", b".", b"", b".wh.a", b".wh..wh..opq"])
_PATH = st.lists(_NAME, min_size=1, max_size=4).map(b"/".join).filter(bool)
_TARGET = st.one_of(_PATH, _PATH.map(lambda path: b"/" + path), _PATH.map(lambda path: b"../../../" + path))


def _members(outside: bytes) -> st.SearchStrategy[bytes]:
    links = st.one_of(_TARGET, st.just(outside), st.just(b"../outside"), st.just(b"../../outside/f"))
    return st.one_of(
        st.builds(lambda path, data: member(path, data), _PATH, st.binary(max_size=5)),
        st.builds(lambda path: member(path + b"/", kind=b"5"), _PATH),
        st.builds(lambda path, link: member(path, kind=b"2", link=link), _PATH, links),
        st.builds(lambda path, link: member(path, kind=b"1", link=link), _PATH, _TARGET),
    )


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_nothing_leaves_the_directory_and_the_view_is_what_is_there(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as home:
        root = Path(home)
        outside = root / "outside"
        outside.mkdir()
        (outside / "f").write_text("mine")
        layer = st.lists(_members(str(outside).encode()), max_size=6)
        layers = data.draw(st.lists(layer, min_size=1, max_size=3))
        opened = open_layers(root, *(tar(*members) for members in layers))
        if data.draw(st.booleans()):
            # Something is there already, and leads outside.
            (root / "out").mkdir()
            (root / "out" / data.draw(st.sampled_from("abc"))).symlink_to(outside)
        force = data.draw(st.booleans())
        refused = ""
        try:
            opened.extract("/", to=root / "out", force=force)
        except UsageError as error:
            refused = error.message
        assert not refused or ("already there" in refused and not force)
        if not refused:
            for path, node in opened.analysis.tree.walk():
                found = root / "out" / path
                if node.kind is EntryKind.SYMLINK and node.entry:
                    assert str(found.readlink()) == str(Path(node.entry.link_target))
                elif node.kind is EntryKind.FILE:
                    assert found.is_file()
                    assert found.stat().st_size == node.size
                else:
                    assert found.is_dir()
                    assert not found.is_symlink()
        assert sorted(path.name for path in root.iterdir() if path.name != "out") == ["image.tar", "outside"]
        assert [path.name for path in outside.iterdir()] == ["f"]
        assert (outside / "f").read_text() == "mine"
