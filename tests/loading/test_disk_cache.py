"""Layers kept on disk: found again, never believed without their bytes, and never a reason to fail."""

from __future__ import annotations

import errno
import os
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ocianalyze.errors import DigestMismatchError, LimitExceededError
from ocianalyze.layers.tar_layer import TarLayer
from ocianalyze.loading import cache_folder, disk_cache
from ocianalyze.loading.cache_folder import Bounds, Folder
from ocianalyze.loading.disk_cache import DiskCache
from ocianalyze.loading.options import LoadOptions
from ocianalyze.model.image import Image
from ocianalyze.model.limits import ReadLimits
from tests.archive_builders import docker_files, oci_files, pack
from tests.loading.loader import codes, compare_files, complaint, load_image
from tests.tar_builders import layer_tar

TARS = [layer_tar((name, name.encode() * 5000)) for name in "abc"]
_LONG_AGO = 1_700_000_000


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return written(tmp_path / "image.tar", oci_files(*TARS))


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """`scan` or `check` for each time that a blob was read."""
    found: list[str] = []

    def counted(name: str) -> Callable[..., Any]:
        real = getattr(TarLayer, name)

        def call(layer: TarLayer, *args: Any) -> Any:
            found.append(name)
            return real(layer, *args)

        return call

    for name in ("scan", "check"):
        monkeypatch.setattr(TarLayer, name, counted(name))
    return found


def written(path: Path, files: Any) -> Path:
    path.write_bytes(pack(files))
    os.utime(path, (_LONG_AGO, _LONG_AGO))
    return path


def cached(home: Path, bounds: Bounds | None = None) -> DiskCache:
    return DiskCache(home, bounds=bounds, least_image=0, least_layer=0)


def load(path: Path, home: Path, **more: Any) -> Image:
    return load_image(str(path), options=LoadOptions(cache=cached(home), **more))


def kept(home: Path, suffix: str = ".layer") -> list[Path]:
    return sorted(home.glob(f"layers-v*/*{suffix}"))


@pytest.mark.parametrize("form", [oci_files, docker_files])
def test_a_layer_that_was_seen_is_digested_and_not_scanned(
    tmp_path: Path, home: Path, work: list[str], form: Any
) -> None:
    path = written(tmp_path / "image.tar", form(*TARS))
    first = load(path, home)
    assert work == ["scan"] * 3
    work.clear()
    assert load(path, home) == first
    assert work == ["check"] * 3


def test_another_image_that_has_a_layer_finds_it(tmp_path: Path, home: Path, archive: Path, work: list[str]) -> None:
    load(archive, home)
    work.clear()
    other = written(tmp_path / "other.tar", oci_files(TARS[0], layer_tar(("d", b"d")), TARS[2]))
    image = load(other, home)
    assert sorted(work) == ["check", "check", "scan"]
    assert image == load_image(str(other))


def test_a_comparison_scans_what_neither_run_nor_image_has_seen(
    tmp_path: Path, home: Path, archive: Path, work: list[str]
) -> None:
    load(archive, home)
    work.clear()
    other = written(tmp_path / "other.tar", oci_files(TARS[0], TARS[1], layer_tar(("d", b"d"))))
    options = LoadOptions(cache=cached(home))
    diff = compare_files(str(archive), str(other), old_options=options, new_options=options)
    assert work.count("scan") == 1
    assert diff.new.trees[1] is diff.old.trees[1]


def test_what_is_claimed_does_not_stand_for_the_bytes(tmp_path: Path, home: Path, archive: Path) -> None:
    load(archive, home)
    files = oci_files(*TARS)
    blob = next(name for name, data in files.items() if isinstance(data, bytes) and data[:2] == b"\x1f\x8b")
    data = files[blob]
    assert isinstance(data, bytes)
    other = written(tmp_path / "other.tar", {**files, blob: data[:-20] + bytes(20)})
    for trust in (False, True):
        with complaint(DigestMismatchError, "the digest of the blob"):
            load(other, home, trust_cache=trust)


def test_what_was_not_verified_is_not_kept_and_nothing_kept_is_taken_for_it(
    home: Path, archive: Path, work: list[str]
) -> None:
    load(archive, home, verify=False)
    assert kept(home) == []
    load(archive, home)
    work.clear()
    load(archive, home, verify=False)
    assert work == ["scan"] * 3


def test_a_plain_layer_with_another_diff_id_is_not_kept_under_the_claimed_one(tmp_path: Path, home: Path) -> None:
    swapped = docker_files(*TARS)
    blobs = [name for name in swapped if name.endswith(".tar")]
    swapped[blobs[0]], swapped[blobs[1]] = swapped[blobs[1]], swapped[blobs[0]]
    path = written(tmp_path / "image.tar", swapped)
    image = load(path, home)
    assert "layer-order" in codes(image)
    assert len(kept(home)) == 1
    assert load(path, home) == image == load_image(str(path))


def test_another_limit_or_content_digest_is_another_layer(home: Path, archive: Path, work: list[str]) -> None:
    load(archive, home)
    work.clear()
    load(archive, home, content_algorithm="sha256")
    load(archive, home, limits=ReadLimits(inflated=1 << 30))
    assert work == ["scan"] * 6
    assert len(kept(home)) == 9


def test_limits_over_the_whole_image_count_layers_of_the_cache(home: Path, archive: Path) -> None:
    load(archive, home)
    for limits in (ReadLimits(entries=2), ReadLimits(total=10, total_ratio=1)):
        for options in (LoadOptions(limits=limits), LoadOptions(limits=limits, cache=cached(home))):
            with pytest.raises(LimitExceededError):
                load_image(str(archive), options=options)


def test_a_small_image_and_a_small_layer_are_not_worth_a_file(home: Path, archive: Path) -> None:
    load_image(str(archive), options=LoadOptions(cache=DiskCache(home, least_layer=0)))
    load_image(str(archive), options=LoadOptions(cache=DiskCache(home, least_image=0)))
    assert not home.exists()


def test_only_the_owner_can_look_into_it(home: Path, archive: Path) -> None:
    load(archive, home)
    assert kept(home)[0].parent.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in kept(home)} == {0o600}


def test_no_content_of_a_file_is_in_it(tmp_path: Path, home: Path) -> None:
    secret = random.Random(1).randbytes(64).hex().encode()
    load(written(tmp_path / "image.tar", docker_files(layer_tar(("key.pem", secret)))), home)
    [layer] = cached(home).layers()
    from ocianalyze.loading.sealed import unseal

    data = unseal(layer.file.path.read_bytes()).data
    assert b"key.pem" in data
    assert secret[:16] not in data


# What --trust-cache spares.


def test_a_trusted_blob_is_not_read_and_the_image_says_so(home: Path, archive: Path, work: list[str]) -> None:
    first = load(archive, home, trust_cache=True)
    assert "not-read-again" not in codes(first)
    work.clear()
    assert "not-read-again" not in codes(load(archive, home))
    assert work == ["check"] * 3
    work.clear()
    image = load(archive, home, trust_cache=True)
    assert work == []
    [notice] = [notice for notice in image.notices if notice.code == "not-read-again"]
    assert "layers 0, 1, 2" in notice.message
    assert image.layers == first.layers


@pytest.mark.parametrize("change", ["touched", "written", "replaced", "moved"])
def test_a_file_that_changed_is_read(home: Path, archive: Path, work: list[str], change: str) -> None:
    load(archive, home)
    work.clear()
    data = archive.read_bytes()
    if change == "touched":
        os.utime(archive, (_LONG_AGO + 1, _LONG_AGO + 1))
    elif change == "written":  # and its time put back, as cp -p or tar do
        archive.write_bytes(data)
        os.utime(archive, (_LONG_AGO, _LONG_AGO))
    elif change == "replaced":
        archive.unlink()
        archive.write_bytes(data)
        os.utime(archive, (_LONG_AGO, _LONG_AGO))
    else:
        archive.write_bytes(pack({"first": b"x", **oci_files(*TARS)}))
    load(archive, home, trust_cache=True)
    assert work == ["check"] * 3


def test_a_file_that_was_just_written_is_not_trusted_for_its_time(
    home: Path, archive: Path, work: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_cache, "_SETTLED", 3600 * 10**9)
    load(archive, home)
    assert kept(home, ".seen") == []
    work.clear()
    load(archive, home, trust_cache=True)
    assert work == ["check"] * 3


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """The files of these tests have just been changed, and none of them is written to at that moment."""
    monkeypatch.setattr(disk_cache, "_SETTLED", 0)


# What can be wrong with the folder and its files.


def damaged(path: Path, how: str, rng: random.Random) -> None:
    data = bytearray(path.read_bytes())
    if how == "a bit":
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif how == "cut":
        del data[rng.randrange(len(data)) :]
    elif how == "longer":
        data += b"\0"
    elif how == "empty":
        data.clear()
    elif how == "foreign":
        data = bytearray(rng.randbytes(400))
    elif how == "version":
        data[8] += 1
    path.write_bytes(data)


@pytest.mark.parametrize("how", ["a bit", "cut", "longer", "empty", "foreign", "version"])
def test_a_damaged_file_is_a_miss(home: Path, archive: Path, work: list[str], how: str) -> None:
    rng = random.Random(how)
    first = load(archive, home)
    for _ in range(10 if how in ("a bit", "cut") else 1):
        for path in home.glob("layers-v*/*"):
            damaged(path, how, rng)
        work.clear()
        assert load(archive, home, trust_cache=True) == first
        assert work == ["scan"] * 3
        work.clear()
        assert load(archive, home) == first
        assert work == ["check"] * 3


@pytest.mark.parametrize("what", ["directory", "fifo", "link", "another layer"])
def test_a_file_of_another_kind_is_a_miss(home: Path, archive: Path, work: list[str], what: str) -> None:
    first = load(archive, home)
    one, other, _ = kept(home)
    aside = one.rename(home / "aside")
    if what == "directory":
        one.mkdir()
    elif what == "fifo":
        os.mkfifo(one)
    elif what == "link":
        one.symlink_to(aside)
    else:
        one.write_bytes(other.read_bytes())
    work.clear()
    assert load(archive, home) == first
    assert work.count("scan") == 1


@pytest.mark.parametrize("what", ["file", "not ours", "link"])
def test_a_folder_that_others_may_write_to_is_not_used(home: Path, archive: Path, work: list[str], what: str) -> None:
    first = load(archive, home)
    folder = kept(home)[0].parent
    if what == "not ours":
        folder.chmod(0o770)
    else:
        aside = folder.rename(home / "aside")
        if what == "file":
            folder.write_bytes(b"")
        else:
            folder.symlink_to(aside)
    work.clear()
    assert load(archive, home) == first
    assert work == ["scan"] * 3
    assert cached(home).folder.problem


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EIO])
def test_a_disk_that_takes_nothing_is_no_error(
    home: Path, archive: Path, work: list[str], monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    first = load(archive, home)
    for path in kept(home):
        path.unlink()

    def full(folder: Folder, name: str, data: bytes) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Folder, "_write", full)
    assert load(archive, home, trust_cache=True) == first
    assert kept(home) == []


def test_a_disk_that_fills_up_meanwhile_leaves_no_half_file(
    home: Path, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        first = load(archive, home)
    assert list(home.glob("layers-v*/*")) == []
    assert load(archive, home) == first
    assert len(kept(home)) == 3


def test_little_room_on_the_disk_is_left_to_others(home: Path, archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_folder, "ROOM", 1 << 62)
    load(archive, home)
    assert kept(home) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_home_that_cannot_be_written_to_is_no_error(tmp_path: Path, archive: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        load(archive, tmp_path / "home")
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize("home", ["/dev/null/x", "/proc/self/x", "x" * 5000], ids=["device", "proc", "long"])
def test_a_home_that_cannot_be_is_no_error(archive: Path, home: str) -> None:
    first = load_image(str(archive))
    cache = cached(Path(home))
    assert load(archive, Path(home)) == first
    assert (cache.layers(), cache.prune(), cache.clear()) == ([], [], [])


# What is dropped.


def aged(path: Path, days: float) -> None:
    then = time.time() - days * 86400
    os.utime(path, (then, then))


def test_what_was_not_used_for_long_is_dropped(home: Path, archive: Path) -> None:
    load(archive, home)
    one, other, _ = kept(home)
    aged(one, 91)
    aged(other, 89)
    assert [file.path for file in cached(home).prune()] == [one]
    assert one not in kept(home)


def test_the_least_recently_used_make_room(home: Path, archive: Path) -> None:
    load(archive, home)
    files = sorted(home.glob("layers-v*/*"))
    for days, path in enumerate(reversed(kept(home))):
        aged(path, 3 - days)
    size = sum(path.stat().st_size for path in files)
    oldest = kept(home)[-1]
    [dropped] = cached(home).prune(Bounds(size=size - 1))
    assert dropped.path == oldest


def test_a_use_counts(home: Path, archive: Path) -> None:
    load(archive, home)
    for path in kept(home):
        aged(path, 50)
    load(archive, home)
    assert all(time.time() - path.stat().st_mtime < 3600 for path in kept(home))


def test_every_run_that_writes_keeps_within_the_bounds(tmp_path: Path, home: Path, archive: Path) -> None:
    load(archive, home)
    for path in home.glob("layers-v*/*"):
        aged(path, 100)
    other = written(tmp_path / "other.tar", oci_files(layer_tar(("d", b"d"))))
    load(other, home)
    assert len(kept(home)) == 1


def test_what_a_killed_process_left_is_removed_later(home: Path, archive: Path) -> None:
    load(archive, home)
    folder = kept(home)[0].parent
    (folder / ".new-old").write_bytes(b"x")
    (folder / ".new-now").write_bytes(b"x")
    aged(folder / ".new-old", 1)
    cached(home).prune()
    assert [path.name for path in folder.glob(".new-*")] == [".new-now"]


def test_other_versions_are_dropped_like_layers_and_other_files_never(home: Path, archive: Path) -> None:
    load(archive, home)
    older = home / "layers-v0"
    older.mkdir(mode=0o700)
    (older / "x.layer").write_bytes(b"x")
    aged(older / "x.layer", 100)
    (home / "notes.txt").write_text("mine")
    aged(home / "notes.txt", 1000)
    assert [file.path for file in cached(home).prune()] == [older / "x.layer"]
    cached(home).clear()
    assert sorted(path.name for path in home.iterdir()) == ["notes.txt"]


def test_a_list_tells_what_is_there(home: Path, archive: Path) -> None:
    image = load(archive, home)
    found = {layer.about.digest: layer.about for layer in cached(home).layers()}
    assert found.keys() == {layer.digest for layer in image.layers}
    assert {(about.entries, about.tar_size) for about in found.values()} == {
        (1, layer.tar_size) for layer in image.layers
    }
