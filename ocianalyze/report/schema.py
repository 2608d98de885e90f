"""The JSON Schema of the report: msgspec derives it from the values, the docstrings describe it."""

from __future__ import annotations

import ast
import inspect
from typing import Any

import msgspec

from ocianalyze.report import document


def report_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) that every report is valid against."""
    schema = msgspec.json.schema(document.Report)
    fields = _field_docs()
    for name, definition in schema["$defs"].items():
        for field, described in definition.get("properties", {}).items():
            if text := fields.get((name, field)):
                described["description"] = text
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "ocianalyze report"} | schema


def _field_docs() -> dict[tuple[str, str], str]:
    """The string under each field of each class in `document`, by (class, field)."""
    docs: dict[tuple[str, str], str] = {}
    for node in ast.parse(inspect.getsource(document)).body:
        if isinstance(node, ast.ClassDef):
            for field, below in zip(node.body, node.body[1:], strict=False):
                text = below.value if isinstance(below, ast.Expr) else None
                if (
                    isinstance(field, ast.AnnAssign)
                    and isinstance(field.target, ast.Name)
                    and isinstance(text, ast.Constant)
                ):
                    docs[node.name, field.target.id] = inspect.cleandoc(str(text.value))
    return docs
