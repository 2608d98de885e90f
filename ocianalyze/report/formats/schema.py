"""The JSON Schemas of the reports: msgspec derives them from the values, the docstrings describe them."""

from __future__ import annotations

import ast
import inspect
from types import ModuleType
from typing import Any

import msgspec

from ocianalyze.report.values import advice as advising
from ocianalyze.report.values import attached, baseline, dive, verdict
from ocianalyze.report.values import diff as diffdocument
from ocianalyze.report.values import report as document


def report_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) that every report is valid against."""
    return _schema(document.Report, "ocianalyze report")


def diff_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) that every comparison is valid against."""
    return _schema(diffdocument.DiffReport, "ocianalyze diff")


def _schema(kind: type, title: str) -> dict[str, Any]:
    schema = msgspec.json.schema(kind)
    fields: dict[tuple[str, str], str] = {}
    for module in (document, diffdocument, verdict, advising, baseline, attached, dive):
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
