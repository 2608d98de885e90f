"""Extraction: what is kept, what is refused, and that it is whole or not there."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from ocianalyze.errors import UsageError
from ocianalyze.writing import merge
from ocianalyze.writing.directory_fds import remove_tree
from ocianalyze.writing.extract import Extracted
from tests.api.making import WEBAPP, archive, ocianalyze, open_layers
from tests.cli.run import ROOT
from tests.tar_builders import base256, info, layer_tar, member, old_sparse, pax, tar

LINK, HARD, DIRECTORY = tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE


def tree(root: Path) -> dict[str, bytes | str]:
    """Everything below *root*: contents, link targets, and `""` for a directory."""
    found: dict[str, bytes | str] = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        found[name] = str(path.readlink()) if path.is_symlink() else "" if path.is_dir() else path.read_bytes()
    return found


def extracted(
    tmp_path: Path, *tars: bytes, paths: tuple[str, ...] = ("/",), owners: bool = False
) -> tuple[Path, Extracted]:
    target = tmp_path / "out"
    return target, open_layers(tmp_path, *tars).extract(*paths, to=target, owners=owners)


def test_modes_times_and_links_are_kept(tmp_path: Path) -> None:
    layer = tar(
        member(b"d/", kind=b"5", mode=0o750, mtime=1_500_000_000),
        member(b"d/f", b"text", mode=0o640, mtime=1_600_000_000),
        member(b"d/other", kind=b"1", link=b"d/f"),
        member(b"d/link", kind=b"2", link=b"/etc/passwd", mtime=1_400_000_000),
    )
    out, done = extracted(tmp_path, layer)
    assert stat.S_IMODE((out / "d").stat().st_mode) == 0o750
    assert (out / "d").stat().st_mtime == 1_500_000_000
    assert stat.S_IMODE((out / "d/f").stat().st_mode) == 0o640
    assert (out / "d/f").stat().st_mtime == 1_600_000_000
    assert (out / "d/f").samefile(out / "d/other")
    assert str((out / "d/link").readlink()) == "/etc/passwd"
    assert (out / "d/link").lstat().st_mtime == 1_400_000_000
    assert (done.files, done.directories, done.size) == (3, 1, 4)


def test_a_directory_that_lets_nobody_in_is_filled_first(tmp_path: Path) -> None:
    out, _ = extracted(tmp_path, tar(member(b"d/", kind=b"5", mode=0o111), member(b"d/f", b"x")))
    assert stat.S_IMODE((out / "d").stat().st_mode) == 0o111
    assert (out / "d/f").read_bytes() == b"x"


def test_setuid_and_setgid_bits_go_unless_owners_stay(tmp_path: Path) -> None:
    layer = tar(member(b"su", b"x", mode=0o6755), member(b"t/", kind=b"5", mode=0o3777))
    out, _ = extracted(tmp_path, layer)
    assert stat.S_IMODE((out / "su").stat().st_mode) == 0o755
    assert stat.S_IMODE((out / "t").stat().st_mode) == 0o1777


@pytest.mark.skipif(os.geteuid() != 0, reason="owners can only be given by root")
def test_owners_and_setuid_bits_are_kept_on_request(tmp_path: Path) -> None:
    layer = tar(member(b"su", b"x", mode=0o4755, uid=1234, gid=99), member(b"l", kind=b"2", link=b"su", uid=7))
    out, _ = extracted(tmp_path, layer, owners=True)
    found = (out / "su").stat()
    assert (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (1234, 99, 0o4755)
    assert (out / "l").lstat().st_uid == 7


def test_devices_and_pipes_are_left_out_and_named(tmp_path: Path) -> None:
    layer = tar(member(b"null", kind=b"3", device=(1, 3)), member(b"p", kind=b"6"), member(b"f", b"x"))
    out, done = extracted(tmp_path, layer)
    assert tree(out) == {"f": b"x"}
    assert done.skipped == [("null", "a device node"), ("p", "a pipe")]


def test_a_sparse_file_keeps_its_holes(tmp_path: Path) -> None:
    size = 64 << 20
    layer = tar(old_sparse(b"s", [(0, 4096), (size - 4096, 4096)], size, b"a" * 4096 + b"b" * 4096))
    out, _ = extracted(tmp_path, layer)
    found = (out / "s").stat()
    assert found.st_size == size
    assert found.st_blocks * 512 < 1 << 20
    with (out / "s").open("rb") as data:
        assert data.read(4097) == b"a" * 4096 + b"\0"
        data.seek(-4097, os.SEEK_END)
        assert data.read() == b"\0" + b"b" * 4096


def test_links_that_lead_outside_are_made_and_never_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    away = str(outside).encode()
    layers = [
        tar(member(b"a", kind=b"2", link=away), member(b"../../escape", b"x"), member(b"/abs", b"y")),
        tar(member(b"b/", kind=b"5"), member(b"b/c", kind=b"2", link=b"../../../../.." + away), member(b"b/c/f", b"z")),
    ]
    out, _ = extracted(tmp_path, *layers)
    assert list(outside.iterdir()) == []
    assert (out / "escape").read_bytes() == b"x"
    assert (out / "abs").read_bytes() == b"y"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["image.tar", "out", "outside"]


def test_a_link_on_the_disk_is_not_followed_either(tmp_path: Path) -> None:
    outside, out = tmp_path / "outside", tmp_path / "out"
    outside.mkdir()
    out.mkdir()
    (out / "d").symlink_to(outside)
    opened = open_layers(tmp_path, tar(member(b"d/f", b"x")))
    with pytest.raises(UsageError, match="already there"):
        opened.extract("/", to=out)
    assert str((out / "d").readlink()) == str(outside)
    opened.extract("/", to=out, force=True)
    assert list(outside.iterdir()) == []
    assert tree(out) == {"d": "", "d/f": b"x"}


def test_nothing_is_replaced_without_force(tmp_path: Path) -> None:
    opened = open_layers(tmp_path, tar(member(b"a", b"new"), member(b"b", b"new"), member(b"d/c", b"new")))
    out = tmp_path / "out"
    (out / "d").mkdir(parents=True)
    (out / "b").write_text("old")
    (out / "d/mine").write_text("mine")
    with pytest.raises(UsageError, match="already there"):
        opened.extract("/", to=out)
    assert tree(out) == {"b": b"old", "d": "", "d/mine": b"mine"}
    opened.extract("/", to=out, force=True)
    assert tree(out) == {"a": b"new", "b": b"new", "d": "", "d/c": b"new", "d/mine": b"mine"}


def test_a_directory_is_never_replaced_by_a_file(tmp_path: Path) -> None:
    opened = open_layers(tmp_path, tar(member(b"a", b"new"), member(b"z", b"new")))
    out = tmp_path / "out"
    (out / "z").mkdir(parents=True)
    with opened, pytest.raises(UsageError, match="stays one"):
        opened.extract("/", to=out, force=True)
    assert tree(out) == {"z": ""}


def test_a_merge_that_fails_half_way_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = open_layers(
        tmp_path,
        tar(member(b"a", b"new"), member(b"n/", kind=b"5", mode=0o500), member(b"n/f", b"x"), member(b"z", b"")),
    )
    out = tmp_path / "out"
    out.mkdir()
    (out / "a").write_text("old")
    (out / "z").write_text("old")
    real = merge.place

    def fails_at_z(name: str, source: int, place: int, new_name: str | None = None) -> None:
        if name == "z":
            raise OSError(28, "No space left on device")
        real(name, source, place, new_name)

    monkeypatch.setattr(merge, "place", fails_at_z)
    with pytest.raises(UsageError, match="No space left"):
        opened.extract("/", to=out, force=True)
    assert tree(out) == {"a": b"old", "z": b"old"}


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    path = archive(tmp_path, layer_tar(("a", b"x" * 10), ("big", bytes(3 << 20))))
    script = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20));"
        "from ocianalyze.cli.app import main; main()"
    )
    command = [sys.executable, "-c", script, "extract", str(path), "/", "-o", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, check=False)
    assert done.returncode == 2
    assert b"File too large" in done.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["image.tar"]


def test_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    path = archive(tmp_path, layer_tar(*((f"f{number}", b"x" * 5000) for number in range(3))), compression="none")
    script = (
        "import signal, sys, time; from ocianalyze.writing import extract; real = extract._write\n"
        "def slow(*given):\n    real(*given)\n    sys.stderr.write('WRITTEN\\n')\n    time.sleep(30)\n"
        "extract._write = slow; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from ocianalyze.cli.app import main; main()"
    )
    command = [sys.executable, "-c", script, "extract", str(path), "/", "-o", str(tmp_path / "out")]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == b"WRITTEN\n"
        assert list(tmp_path.glob(".ocianalyze-*/new/f*"))
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == 130
    assert [one.name for one in tmp_path.iterdir()] == ["image.tar"]


def test_any_depth_is_extracted_and_removed_again(tmp_path: Path) -> None:
    depth = 1500
    name = b"/".join([b"d"] * depth)
    out, done = extracted(tmp_path, tar(pax({b"path": name + b"/f"}), member(b"f", b"deep")))
    assert done.directories == depth
    above = os.open(tmp_path, os.O_RDONLY)
    remove_tree(above, "out")
    os.close(above)
    assert not out.exists()


def test_paths_choose_and_patterns_too(tmp_path: Path) -> None:
    layer = layer_tar(
        ("usr/lib/a.so", b"a"), ("usr/lib/b.py", b"b"), ("etc/x", b"x"), info("lib", LINK, linkname="usr/lib")
    )
    out, _ = extracted(tmp_path, layer, paths=("/lib/a.so", "/**/*.py", "lib"))
    assert tree(out) == {"lib": "usr/lib", "usr": "", "usr/lib": "", "usr/lib/a.so": b"a", "usr/lib/b.py": b"b"}


def test_a_path_inside_another_is_written_once(tmp_path: Path) -> None:
    out, done = extracted(tmp_path, layer_tar(("a/b/c", b"x"), ("a/d", b"y")), paths=("/a/b/c", "/a"))
    assert done.files == 2
    assert tree(out)["a/b/c"] == b"x"


def test_hard_links_across_layers_stay_one_file(tmp_path: Path) -> None:
    out, _ = extracted(tmp_path, layer_tar(("one", b"x")), layer_tar(info("two", HARD, linkname="one")))
    assert (out / "one").samefile(out / "two")


def test_the_target_must_be_a_directory(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(UsageError, match="no directory"):
        extracted(tmp_path, layer_tar(("a", b"x")))
    assert (tmp_path / "out").read_text() == "mine"


def test_umoci_unpacks_the_same_files(tmp_path: Path) -> None:
    if shutil.which("umoci") is None or os.geteuid() != 0:
        pytest.skip("umoci is not there, or would have to map owners")
    layout = tmp_path / "layout"
    layout.mkdir()
    sample = ROOT / "sample-images/toolbox-oci-gzip.tar"
    subprocess.run(["tar", "-xf", sample, "-C", layout], check=True)
    tag = subprocess.run(["umoci", "ls", "--layout", layout], capture_output=True, text=True, check=True).stdout.split()
    subprocess.run(["umoci", "unpack", "--image", f"{layout}:{tag[0]}", tmp_path / "bundle"], check=True)
    done = ocianalyze("extract", sample, "/", "-o", tmp_path / "out", "--owners")
    assert done.returncode == 0, done.stderr
    ours, theirs = tmp_path / "out", tmp_path / "bundle/rootfs"
    assert tree(ours) == tree(theirs)
    for name in tree(ours):
        one, other = (ours / name).lstat(), (theirs / name).lstat()
        assert (one.st_mode, one.st_uid, one.st_gid, one.st_mtime, one.st_nlink) == (
            other.st_mode, other.st_uid, other.st_gid, other.st_mtime, other.st_nlink,
        ), name  # fmt: skip


def test_the_command_says_what_it_did(tmp_path: Path) -> None:
    done = ocianalyze("extract", WEBAPP, "/etc/passwd", "-o", tmp_path / "out")
    assert (done.returncode, done.stdout) == (0, b"")
    assert b"1 file in 1 directory" in done.stderr
    assert (tmp_path / "out/etc/passwd").read_bytes().startswith(b"root:")


def test_a_sparse_file_that_no_file_system_takes_is_refused(tmp_path: Path) -> None:
    size = base256(2**63 - 1, 12)
    member = old_sparse(b"s", [(0, 4)], 4, b"data", over={483: size})
    done = ocianalyze("extract", archive(tmp_path, tar(member)), "/", "-o", tmp_path / "out")
    assert done.returncode == 3
    assert b"s has 9,223,372,036,854,775,807 bytes with its holes, more than a file can have here" in done.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["image.tar"]


def test_hard_links_between_deep_directories_are_made(tmp_path: Path) -> None:
    deep, other = (b"/".join([name] * 100) for name in (b"a", b"b"))
    layer = tar(
        pax({b"path": deep + b"/f"}),
        member(b"f", b"deep"),
        pax({b"path": other + b"/f", b"linkpath": deep + b"/f"}),
        member(b"f", kind=b"1", link=b"x"),
    )
    out, _ = extracted(tmp_path, layer)
    assert (out / deep.decode() / "f").samefile(out / other.decode() / "f")


@pytest.mark.parametrize("force", [False, True])
def test_twenty_open_files_are_enough(tmp_path: Path, force: bool) -> None:
    deep = "/".join("abcdefghijklmnopqrstuvwxyz")
    path = archive(tmp_path, layer_tar((deep + "/f", b"x"), (deep + "/g/h/i", b"y"), ("z", b"z")))
    if force:
        (tmp_path / "out" / deep).mkdir(parents=True)
    command = f"ulimit -n 20; exec {sys.executable} -m ocianalyze extract {path} / -o {tmp_path}/out --force"
    done = subprocess.run(["bash", "-c", command], capture_output=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    assert tree(tmp_path / "out")[deep + "/g/h/i"] == b"y"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["image.tar", "out"]
