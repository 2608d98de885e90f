"""A class has its name for itself: whoever searches for the name finds the one class."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import ocianalyze

PACKAGE = Path(ocianalyze.__file__).parent


def classes(path: Path) -> list[str]:
    return [node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef)]


def test_no_class_is_called_like_another() -> None:
    found = [(name, path.name) for path in PACKAGE.rglob("*.py") for name in classes(path)]
    counts = Counter(name for name, _ in found)
    assert [(path, name) for name, path in found if counts[name] > 1] == []
