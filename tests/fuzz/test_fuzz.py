"""The fuzzer itself: its images are the same each time, most of them can be read, and it sees what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocianalyze.report.formats import to_lines
from tests.cli.run import run
from tests.fuzz.__main__ import survives
from tests.fuzz.images import Image

SEEDS = range(60)


def test_a_number_gives_the_same_image_each_time() -> None:
    assert all(Image(seed).archive() == Image(seed).archive() for seed in SEEDS)


def test_most_images_can_be_read_although_they_are_odd(tmp_path: Path) -> None:
    image = tmp_path / "image.tar"
    codes = []
    for seed in SEEDS:
        image.write_bytes(Image(seed).archive())
        codes.append(run("ls", str(image)).returncode)
    assert len(SEEDS) // 3 < codes.count(0) < len(SEEDS)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_command_copes_with_odd_images(seed: int, tmp_path: Path) -> None:
    assert survives(seed, tmp_path)


def test_an_error_that_nobody_foresaw_is_found_and_its_image_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("nobody foresaw this")

    monkeypatch.setattr(to_lines, "write", fail)
    found = [seed for seed in SEEDS if not survives(seed, tmp_path)]
    assert found
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"fuzz-{seed}.tar" for seed in found)
    assert "nobody foresaw this" in capsys.readouterr().err
