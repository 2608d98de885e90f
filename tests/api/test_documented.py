"""The Python API: its documented examples, its types, and that it costs nothing until it is used."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

import pytest

import ocianalyze
from ocianalyze.errors import OcianalyzeError
from tests.api.making import archive
from tests.cli.run import ROOT
from tests.tar_builders import layer_tar


def test_the_documented_examples_are_true(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    done = doctest.testfile(str(ROOT / "docs/api.md"), module_relative=False, encoding="utf-8")
    assert done.attempted > 25
    assert done.failed == 0


def test_importing_the_package_imports_nothing_heavy() -> None:
    script = "import sys, ocianalyze; print([m for m in sys.modules if m.startswith('ocianalyze.') or m == 'msgspec'])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "[]\n"


def test_public_names_are_there_and_others_are_not() -> None:
    for name in ocianalyze.__all__:
        assert getattr(ocianalyze, name) is not None
        assert name in dir(ocianalyze)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        ocianalyze.nothing  # noqa: B018


def test_a_closed_image_says_so_and_keeps_what_was_read(tmp_path: Path) -> None:
    with ocianalyze.open(archive(tmp_path, layer_tar(("f", b"content")))) as opened:
        assert opened.read("f") == b"content"
        opened.close()
        with pytest.raises(OcianalyzeError, match="the image was closed"):
            opened.read("/f")
        assert opened.merged().get("f") is not None
