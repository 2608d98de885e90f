"""The JSON Schemas of the reports: msgspec derives them from the values, the docstrings describe them."""

from __future__ import annotations

import ast
import inspect
import sys
from types import ModuleType
from typing import Any

import msgspec

from ocianalyze.report.values.blocks import Block, Row
from ocianalyze.report.values.diff import DiffReport
from ocianalyze.report.values.report import Report


def report_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) that every report is valid against."""
    return _schema(Report, "ocianalyze report")


def diff_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) that every comparison is valid against."""
    return _schema(DiffReport, "ocianalyze diff")


def _schema(kind: type, title: str) -> dict[str, Any]:
    schema = msgspec.json.schema(kind)
    values = (one for one in (*Block.__subclasses__(), *Row.__subclasses__()) if one.__name__ in schema["$defs"])
    fields: dict[tuple[str, str], str] = {}
    for module in {sys.modules[one.__module__] for one in values}:
        fields |= _field_docs(module)
    for name, definition in schema["$defs"].items():
        for field, described in definition.get("properties", {}).items():
            if text := fields.get((name, field)):
                described["description"] = text
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title} | schema


def _field_docs(module: ModuleType) -> dict[tuple[str, str], str]:
    """The string under each field of each class in *module*, by (class, field)."""
    docs: dict[tuple[str, str], str] = {}
    for node in ast.parse(inspect.getsource(module)).body:
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
