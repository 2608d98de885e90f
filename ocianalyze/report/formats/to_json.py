"""The report as JSON: one document in which a line is a record, the same bytes for the same input.

It is UTF-8, yet nothing in it can act on a terminal: what `words.safe_name` would not let through is
escaped as JSON escapes it. So are lone surrogates, which stand for bytes of a name that are not UTF-8
and which no strict encoder could write.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TextIO

import msgspec

from ocianalyze.report.values.blocks import Block
from ocianalyze.report.values.documents import ComparisonDocument, ReportDocument
from ocianalyze.report.words import UNSAFE

_WIDTH = 100
"""Lists of plain values go on one line up to this many characters."""

_encoder = msgspec.json.Encoder()


def write(document: ReportDocument | ComparisonDocument, out: TextIO) -> None:
    """The report as one JSON document; every change is written as it is made."""
    fields = _fields(document.report)
    out.write("{\n" + ",\n".join(f'  "{name}": {_layout(value, "  ")}' for name, value in fields))
    if isinstance(document, ReportDocument) and document.changes is not None:
        out.write(',\n  "changes": [')
        separator = "\n    "
        for change in document.changes():
            out.write(separator + encode(change))
            separator = ",\n    "
        out.write("]" if separator == "\n    " else "\n  ]")
    out.write("\n}\n")


def encode(value: Any) -> str:
    """*value* as JSON on one line without spaces, harmless to a terminal."""
    try:
        text = _encoder.encode(value).decode()
    except UnicodeEncodeError:
        text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False, separators=(",", ":"))
    if text.isascii() and "\x7f" not in text:
        return text
    return UNSAFE.sub(_escape, text)


def _layout(value: Any, indent: str) -> str:
    """*value* over several lines, where it is not a record or short."""
    if isinstance(value, Block):
        return _braces("{", _members(_fields(value), indent), "}", indent)
    if isinstance(value, dict):
        return _braces("{", _members(value.items(), indent), "}", indent)
    if isinstance(value, list) and value:
        if not isinstance(value[0], msgspec.Struct):
            line = encode(value)
            if len(line) <= _WIDTH:
                return line
        return _braces("[", (_layout(item, indent + "  ") for item in value), "]", indent)
    return encode(value)


def _members(items: Iterable[tuple[Any, Any]], indent: str) -> Iterator[str]:
    for key, value in items:
        yield f"{encode(key)}: {_layout(value, indent + '  ')}"


def _braces(start: str, parts: Iterable[str], end: str, indent: str) -> str:
    inner = f",\n{indent}  ".join(parts)
    return f"{start}\n{indent}  {inner}\n{indent}{end}" if inner else start + end


def _fields(block: Block) -> Sequence[tuple[str, Any]]:
    """The names and values of *block*, without those that are not set."""
    fields = [(name, getattr(block, name)) for name in block.__struct_fields__]
    return [(name, value) for name, value in fields if value is not msgspec.UNSET]


def _escape(found: re.Match[str]) -> str:
    return json.dumps(found.group())[1:-1]
