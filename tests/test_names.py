"""A class of the analysis or of the TUI has its name for itself: whoever searches for the name finds the one class."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import ocianalyze

PACKAGE = Path(ocianalyze.__file__).parent


def classes(path: Path) -> list[str]:
    return [node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef)]


def test_no_class_of_the_analysis_or_of_the_tui_is_called_like_another() -> None:
    counts = Counter(name for path in PACKAGE.rglob("*.py") for name in classes(path))
    rooms = [path for room in ("analysis", "tui") for path in (PACKAGE / room).rglob("*.py")]
    assert [(path.name, name) for path in rooms for name in classes(path) if counts[name] > 1] == []
