"""JSON as Go's encoding/json reads it, and with it docker, containerd, podman, skopeo and umoci.

What they read is read here, to the same value, with a notice where the document is odd. What they refuse is refused,
but for a byte order mark.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable
from typing import Any, NoReturn

from msgspec import inspect

from ocianalyze.errors import DocumentError, brief
from ocianalyze.model.finding import Level
from ocianalyze.model.notices import Notices

_MARK = b"\xef\xbb\xbf"
_HALF = re.compile("[\ud800-\udfff]")
_ESCAPED = re.compile("[\udc80-\udcff]")
"""A byte that is no UTF-8, as `surrogateescape` decodes it."""
_ABSENT: Any = object()
"""What a variable holds that nothing was read into."""


class Repeated(dict[str, Any]):
    """A JSON object in which a key stands twice."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs
        """All keys and values, in order."""


def parse(data: bytes, what: str, notices: Notices | None = None) -> Any:
    """*data* as plain JSON values, of a key that stands twice the last; DocumentError for what is no JSON.

    *notices* hears of what is odd about the document, which *what* names.
    """
    notices = Notices() if notices is None else notices
    if data.startswith(_MARK):
        message = f"{_named(what)} begins with a byte order mark, which runtimes refuse"
        notices.add("byte-order-mark", message, level=Level.ERROR)
        data = data[len(_MARK) :]
    text, bad_at = _text(data)

    def from_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) == len(pairs):
            return result
        notices.add("duplicate-key", f"{_named(what)} has the key {_first_twice(pairs)!r} twice; the last one counts")
        return Repeated(pairs)

    try:
        value = json.loads(text, object_pairs_hook=from_pairs, parse_constant=_no_constant)
    except RecursionError as error:
        raise DocumentError("nested too deeply to be an image document", where=what) from error
    except ValueError as error:
        message = f"not valid JSON: {error}" if bad_at is None else f"not UTF-8 text at byte {bad_at}"
        raise DocumentError(message, where=what) from error
    if bad_at is not None:
        notices.add("not-utf-8", f"{_named(what)} is no UTF-8 text at byte {bad_at}; runtimes read U+FFFD in its place")
    return value


def as_read(value: Any, kind: type, what: str, notices: Notices | None = None) -> Any:
    """*value*, which `parse` gave, as Go reads it into a variable of *kind*; types are not checked.

    Null is the empty list or map. A key counts in any case, and only if *kind* has it, spelled as *kind* spells it. Of
    a key that stands twice, objects and lists are merged.
    """
    return _Reader(what, Notices() if notices is None else notices).read(_type_info(kind), value)


class _Reader:
    """Reads the values of one document into variables."""

    def __init__(self, what: str, notices: Notices) -> None:
        self._what = what
        self._notices = notices

    def read(self, kind: inspect.Type, value: Any, held: Any = _ABSENT) -> Any:
        """What a variable of *kind*, which *held* something before, holds after *value* is read into it."""
        for option in _options(kind):
            match option:
                case inspect.StructType() if isinstance(value, dict):
                    return self._struct(option, value, held if isinstance(held, dict) else {})
                case inspect.DictType() if isinstance(value, dict):
                    result = held if isinstance(held, dict) else {}  # a copy each time would take quadratic time
                    for key, part in value.items():
                        result[self._unicode(key)] = self.read(option.value_type, part)
                    return result
                case inspect.ListType() if isinstance(value, list):
                    olds = held if isinstance(held, list) else []
                    parts = zip(value, [*olds, *[_ABSENT] * len(value)], strict=False)
                    return [self.read(option.item_type, part, old) for part, old in parts]
        if isinstance(value, str):
            return self._unicode(value)
        return _of_null(kind, held) if value is None else value

    def _struct(self, kind: inspect.StructType, value: dict[str, Any], held: dict[str, Any]) -> dict[str, Any]:
        fields = {field.encode_name: field for field in kind.fields}
        folded = {name.casefold(): field for name, field in fields.items()}
        result = dict(held)
        pairs: Iterable[tuple[str, Any]] = value.pairs if isinstance(value, Repeated) else value.items()
        for key, part in pairs:
            field = fields.get(key) or folded.get(key.casefold())
            if field is None:
                continue
            name = field.encode_name
            if name != key and not getattr(kind.cls, "any_case", False):
                spelled = f"{_named(self._what)} spells the key {name!r} as {brief(key, 80)!r}"
                self._notices.add("key-spelling", f"{spelled}; runtimes read it all the same")
            result[name] = self.read(field.type, part, result.get(name, _ABSENT))
        return result

    def _unicode(self, text: str) -> str:
        """*text* with U+FFFD for each half of a surrogate pair."""
        if text.isascii() or not _HALF.search(text):
            return text
        message = f"{_named(self._what)} has half a surrogate pair in a text; runtimes read U+FFFD in its place"
        self._notices.add("lone-surrogate", message)
        return _HALF.sub("\ufffd", text)


def _named(what: str) -> str:
    """A document in a sentence: `the config`, `index.json`."""
    return what if "." in what or "/" in what else f"the {what}"


@functools.cache
def _type_info(kind: Any) -> inspect.Type:
    return inspect.type_info(kind)


def _options(kind: inspect.Type) -> tuple[inspect.Type, ...]:
    return kind.types if isinstance(kind, inspect.UnionType) else (kind,)


def _of_null(kind: inspect.Type, held: Any) -> Any:
    """What a variable of *kind* holds after null: no list, no map, and else what it *held* or was made with."""
    options = _options(kind)
    may_be_none = any(isinstance(option, inspect.NoneType) for option in options)
    for option in options:
        if isinstance(option, inspect.ListType):
            return None if may_be_none else []
        if isinstance(option, inspect.DictType):
            return None if may_be_none else {}
        if isinstance(option, inspect.StrType) and held is _ABSENT and not may_be_none:
            return ""
    return None if held is _ABSENT else held


def _text(data: bytes) -> tuple[str, int | None]:
    """*data* as text; and the first byte that is no UTF-8, None where all of it is."""
    try:
        return data.decode(), None
    except UnicodeDecodeError as error:
        return _ESCAPED.sub("\ufffd", data.decode(errors="surrogateescape")), error.start


def _first_twice(pairs: list[tuple[str, Any]]) -> str:
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            return brief(key, 80)
        seen.add(key)
    raise ValueError("no key stands twice")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")
