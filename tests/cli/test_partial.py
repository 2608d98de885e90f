"""With --partial nothing is said that the missing layers could change."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ocianalyze.analysis.compare.imagediff import compare
from ocianalyze.analysis.union.analyze import Analysis, analyze
from ocianalyze.model.digest import UNKNOWN
from ocianalyze.model.image import Image
from ocianalyze.tui.app import OcianalyzeApp
from tests.archive_builders import Files, Layout, digest, named, pack
from tests.builders import build_image, file, hardlink, layer, symlink, whiteout
from tests.cli.run import run
from tests.compressing import gzipped
from tests.tar_builders import layer_tar, member, tar
from tests.tui.acting import WIDE, settle, text_of
from tests.tui.sample import Shown

BASE = layer_tar(("dir/gone", b"x"), ("dir/below", b"y"))
MIDDLE = layer_tar(("etc/app", b"old" * 100))
TOP = tar(
    member(b"dir/.wh.gone"),
    member(b"h", kind=b"1", link=b"dir/below"),
    member(b"etc/app", b"new"),
    member(b"new", b"n"),
)


def without(*missing: int) -> Files:
    """An image of three layers without some of them."""
    layout = Layout()
    tars = (BASE, MIDDLE, TOP)
    files = layout.files(named(layout.image(*tars), "app:1"))
    for index in missing:
        del files[f"blobs/sha256/{digest(gzipped(tars[index]))[7:]}"]
    return files


def written(path: Path, files: Files) -> str:
    path.write_bytes(pack(files))
    return str(path)


def test_a_notice_about_lower_layers_is_withheld_where_one_is_missing(tmp_path: Path) -> None:
    for missing, codes in {
        (0,): ["layer-missing"],
        (1,): ["layer-missing"],
        (): [],
    }.items():
        path = written(tmp_path / "image.tar", without(*missing))
        report = json.loads(run("report", "--json", "--partial", path).stdout)
        assert [one["code"] for one in report["notices"]] == codes
        assert report.get("missing_layers", []) == list(missing)


def partial(image: Image, *missing: int) -> Analysis:
    layers = [replace(one, entries=(), missing=True) if one.index in missing else one for one in image.layers]
    return analyze(replace(image, layers=tuple(layers)))


def test_what_a_layer_says_of_itself_or_of_what_is_below_the_missing_one_is_still_said() -> None:
    nothing = layer(whiteout("a"), hardlink("h", "b"), file("twice", b"1"), file("twice", b"2"))
    image = build_image(nothing, layer(file("x", 1)), nothing)
    assert [(one.code, one.layer) for one in partial(image).notices] == [
        (code, at) for at in (0, 2) for code in ("whiteout-of-nothing", "hard-link-to-nothing", "duplicate-entry")
    ]
    assert [(one.code, one.layer) for one in partial(image, 1).notices] == [
        ("whiteout-of-nothing", 0),
        ("hard-link-to-nothing", 0),
        ("duplicate-entry", 0),
        ("duplicate-entry", 2),
    ]
    loop = build_image(layer(file("x", 1)), layer(symlink("l", "l"), file("l/f", 1)), layer(file("l/g", 1)))
    assert "symlink-loop" not in [one.code for one in partial(loop, 0).notices]


def test_the_report_does_not_say_what_it_cannot_know(tmp_path: Path) -> None:
    path = written(tmp_path / "image.tar", without(0))
    done = run("report", "--partial", path)
    assert "of files in 2 of 3 layers" in done.stdout
    assert "(layer 0 is missing)" in done.stdout
    assert "Live     not known, for layer 0 is missing" in done.stdout
    assert [line.split()[-6:-3] for line in done.stdout.splitlines() if "RUN step 2" in line] == [["?", "?", "?"]]
    assert "layer 0 is missing: what is said of the others" in done.stderr
    whole = run("report", written(tmp_path / "whole.tar", without()))
    assert "missing" not in whole.stdout + whole.stderr
    assert "?" not in whole.stdout
    for kind in ("markdown", "html"):
        assert "not known" in run("report", "--partial", "--format", kind, path).stdout


def test_below_the_missing_layer_changes_are_known(tmp_path: Path) -> None:
    path = written(tmp_path / "image.tar", without(1))
    lines = {line[:1]: line for line in run("report", "--partial", path).stdout.splitlines() if "RUN step" in line}
    assert "?" not in lines["0"]
    assert "?" in lines["2"]


def test_a_path_that_a_missing_layer_may_have_is_told(tmp_path: Path) -> None:
    path = written(tmp_path / "image.tar", without(0))
    assert "layer 0 is missing, and may have it" in run("cat", "--partial", path, "/nowhere").stderr
    path = written(tmp_path / "image.tar", without(2))
    assert "layer 2 is missing" in run("cat", "--partial", path, "/nowhere").stderr
    assert "is missing, and may" not in run("cat", "--partial", "--layer", "1", path, "/nowhere").stderr


def test_two_images_are_alike_only_where_all_of_them_was_compared(tmp_path: Path) -> None:
    one = written(tmp_path / "one.tar", without(0))
    layout = Layout()
    files = layout.files(named(layout.image(layer_tar(("other", b"")), MIDDLE, TOP), "app:2"))
    del files[f"blobs/sha256/{digest(gzipped(layer_tar(('other', b''))))[7:]}"]
    two = written(tmp_path / "two.tar", files)
    same = run("diff", "--partial", "--exit-code", one, one)
    assert (same.returncode, "no path differs" in same.stdout) == (0, True)
    unknown = run("diff", "--partial", "--exit-code", one, two)
    assert unknown.returncode == 1
    words = " ".join(unknown.stdout.split())
    assert "none is known to differ: layer 0 is missing in the old image; layer 0 is missing in the new image" in words
    assert "3 layers, layer 0 is missing" in words
    assert "efficiency not known to not known" in unknown.stdout
    report = json.loads(run("diff", "--partial", "--json", one, two).stdout)
    assert (report["summary"]["identical"], report["old"]["missing_layers"]) == (False, [0])
    assert "No path is known to differ" in run("diff", "--partial", "--format", "markdown", one, two).stdout


def test_layers_of_which_nothing_is_claimed_are_not_the_same() -> None:
    image = build_image(layer(file("a", 1)), layer(file("b", 1)))
    unknown = replace(image, layers=(replace(image.layers[0], diff_id=UNKNOWN), image.layers[1]))
    for one, is_known in ((image, True), (unknown, False)):
        assert compare(partial(one, 0), partial(one, 0)).is_known is is_known
        assert compare(partial(one), partial(one)).is_empty


def test_a_base_is_denied_only_where_the_layers_are_claimed(tmp_path: Path) -> None:
    layout = Layout()
    base = written(tmp_path / "base.tar", layout.files(layout.image(layer_tar(("base", b"")))))
    for claims, codes in ((True, ["layer-missing", "not-the-base"]), (False, ["layer-missing"])):
        layout = Layout()
        more: dict[str, Any] = {} if claims else {"rootfs": {"type": "layers", "diff_ids": []}}
        files = layout.files(layout.image(BASE, MIDDLE, **more))
        del files[f"blobs/sha256/{digest(gzipped(BASE))[7:]}"]
        path = written(tmp_path / "image.tar", files)
        options = ["--partial", "--base", base] + ([] if claims else ["--no-verify"])
        done = run("report", "--json", path, *options)
        found = [one["code"] for one in json.loads(done.stdout)["notices"]]
        assert found == codes


@pytest.mark.parametrize("missing", [(), (0,)])
async def test_the_title_says_which_layers_are_missing(missing: tuple[int, ...]) -> None:
    analysis = partial(build_image(layer(file("a", 1)), layer(file("b", 1))), *missing)
    app = OcianalyzeApp(Shown(analysis))
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        assert ("layer 0 is missing" in text_of(app)) == bool(missing)
        assert ("100% efficient" in text_of(app)) == (not missing)
        await pilot.press("i")
        await settle(pilot)
        assert ("not known" in text_of(app)) == bool(missing)
