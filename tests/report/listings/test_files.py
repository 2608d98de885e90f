"""Files and changes as rows and as columns."""

from __future__ import annotations

import io
import json

import pytest

from ocianalyze.analysis.union.analyze import analyze
from ocianalyze.api.views import changes_of, list_tree
from ocianalyze.report.compose.files import Columns, file_rows
from ocianalyze.report.compose.rows import change_rows
from ocianalyze.report.formats import to_json_lines
from ocianalyze.report.listings import files as listing
from tests.builders import MTIME, build_image, char_device, directory, fifo, file, hardlink, layer, symlink
from tests.report.samples import hostile, webapp


def test_a_row_has_exactly_the_documented_fields() -> None:
    image = build_image(
        layer(file("etc/f", b"abc", mode=0o4755, uid=1, gid=2, mtime_ns=MTIME + 500_000_000), hardlink("g", "etc/f")),
        layer(symlink("s", "etc/f"), char_device("c", 1, 3), fifo("p"), directory("d", mtime_ns=-1_000_000_000)),
    )
    out = io.StringIO()
    to_json_lines.write(listing.file_listing(list_tree(analyze(image), recursive=True)), out)
    rows = {row["path"]: row for row in map(json.loads, out.getvalue().splitlines())}
    assert rows["etc/f"] == {
        "path": "etc/f",
        "type": "file",
        "size": 3,
        "mode": "4755",
        "uid": 1,
        "gid": 2,
        "mtime": 1_700_000_000.5,
        "link_target": None,
        "nlink": 2,
        "layer": 0,
    }
    assert rows["g"] == rows["etc/f"] | {"path": "g"}
    assert rows["etc"]["mtime"] is None
    assert (rows["etc"]["mode"], rows["etc"]["layer"]) == ("0755", None)
    assert rows["d"]["mtime"] == -1
    assert isinstance(rows["s"]["mtime"], int)
    assert rows["s"]["link_target"] == "etc/f"
    assert {path: row["type"] for path, row in rows.items()} == {
        "etc": "dir",
        "etc/f": "file",
        "g": "file",
        "s": "symlink",
        "c": "char",
        "p": "fifo",
        "d": "dir",
    }


def test_digests_are_there_when_asked_for() -> None:
    found = list_tree(webapp(), "bin", recursive=True)
    rows = list(file_rows(found, Columns(digest=True)))
    assert all(isinstance(row.sha256, str) and len(row.sha256) == 64 for row in rows)
    assert next(file_rows(list_tree(webapp(), "lib"), Columns(digest=True))).sha256 is None


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Whether colours and a header may be shown."""
        return True


def test_files_for_people_look_like_ls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    image = build_image(layer(file("etc/f", 1500, mode=0o4755, uid=10), symlink("s", "etc/f"), char_device("c", 1, 3)))
    out = io.StringIO()
    listing.file_listing(list_tree(analyze(image), recursive=True)).write_text(out)
    assert out.getvalue() == "/c\n/etc\n/etc/f\n/s\n"
    out = Terminal()
    listing.file_listing(list_tree(analyze(image), recursive=True)).write_text(out)
    assert out.getvalue() == (
        "Mode       Links Owner   Size Modified (UTC)   Layer Name\n"
        "crw-------     1 0:0      1,3 2023-11-14 22:13     0 /c\n"
        "drwxr-xr-x     1 0:0        -                -     - /etc/\n"
        "-rwsr-xr-x     1 10:0  1.5 kB 2023-11-14 22:13     0 /etc/f\n"
        "lrwxrwxrwx     1 0:0        - 2023-11-14 22:13     0 /s -> etc/f\n"
    )


def test_an_empty_directory_lists_as_nothing() -> None:
    out = io.StringIO()
    listing.file_listing(list_tree(analyze(build_image()))).write_text(out)
    assert out.getvalue() == ""


def test_hostile_names_do_no_harm_in_columns() -> None:
    analysis, out = hostile(), io.StringIO()
    listing.file_listing(list_tree(analysis, recursive=True)).write_text(out)
    listing.change_listing(change_rows(changes_of(analysis)), analysis.image.layers).write_text(out)
    assert all(line.isprintable() for line in out.getvalue().split("\n"))


@pytest.mark.parametrize("layer_index", [None, 5])
def test_changes_for_people_are_under_their_layer(layer_index: int | None) -> None:
    analysis, out = webapp(), io.StringIO()
    listing.change_listing(change_rows(changes_of(analysis, layer_index)), analysis.image.layers).write_text(out)
    headings = [line for line in out.getvalue().split("\n") if line.startswith("layer ")]
    assert len(headings) == (6 if layer_index is None else 1)
    assert headings[-1] == "layer 5  RUN rm -rf /srv/docs && ln -s ../usr/share/doc /srv/docs"
    assert "  replaced             /srv/docs (kind)\n" in out.getvalue()
    assert "  removed     -6.0 kB  /srv/docs/new.html\n" in out.getvalue()
