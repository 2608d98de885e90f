"""Freed memory is kept by the process, where the C library can be told to."""

from __future__ import annotations

import ctypes
import platform
import subprocess
import sys

import pytest

from ocianalyze.cli.memory import keep_freed_memory

_PIECES = """
import resource, sys
from ocianalyze.cli.memory import keep_freed_memory
if sys.argv[1] == "keep":
    keep_freed_memory()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(100):
    pieces = [bytes(1 << 20) for _ in range(8)]
    del pieces
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the option is the GNU C library's")
def test_what_is_freed_is_used_again_without_new_pages() -> None:
    keeping, usual = (
        int(subprocess.run([sys.executable, "-c", _PIECES, mode], check=True, capture_output=True, text=True).stdout)
        for mode in ("keep", "usual")
    )
    assert keeping * 4 < usual


@pytest.mark.parametrize("error", [AttributeError, OSError, TypeError])
def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    def missing(_: object) -> None:
        raise error

    monkeypatch.setattr(ctypes, "CDLL", missing)
    keep_freed_memory()
