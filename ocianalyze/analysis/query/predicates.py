"""Conditions on a file as `find` takes them, each parsed from one text."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from ocianalyze.analysis.query.glob import name_expression, path_expression
from ocianalyze.analysis.union.tree import FileNode
from ocianalyze.errors import UsageError
from ocianalyze.model.entry import SPECIAL_BITS, EntryKind

Predicate = Callable[[str, FileNode], bool]
"""A test of (path, node): whether the condition holds."""

_SIZE = re.compile(r"([+-]?)(\d+(?:\.\d+)?)([kmgt]?)(i?b?)", re.IGNORECASE)
_LETTERS = {
    "f": EntryKind.FILE,
    "d": EntryKind.DIRECTORY,
    "l": EntryKind.SYMLINK,
    "c": EntryKind.CHAR_DEVICE,
    "b": EntryKind.BLOCK_DEVICE,
    "p": EntryKind.FIFO,
}
KINDS = (*_LETTERS, *(kind.value for kind in _LETTERS.values()))
_MODES = {name: f"/{bits:o}" for name, bits in SPECIAL_BITS.items()} | {"world-writable": "/0002"}


def by_name(pattern: str) -> Predicate:
    """The base name matches a glob."""
    if "/" in pattern:
        raise UsageError(f"{pattern!r} has a slash, and a name has none", hint="a glob of a whole path may have one")
    matches = name_expression(pattern).fullmatch
    return lambda path, _: matches(path.rpartition("/")[2]) is not None


def by_path(pattern: str) -> Predicate:
    """The whole path matches a glob; `**` stands for any number of directories."""
    matches = path_expression(pattern).fullmatch
    return lambda path, _: matches(path) is not None


def by_regex(expression: str) -> Predicate:
    """A regular expression is found in the absolute path."""
    try:
        search = re.compile(expression).search
    except (re.error, RecursionError, OverflowError) as error:
        raise UsageError(
            f"{expression!r} is no expression: {error}", hint="expected an expression as Python's re has them"
        ) from None
    return lambda path, _: search("/" + path) is not None


def by_size(text: str) -> Predicate:
    """The file has more (`+1M`), fewer (`-10k`) or exactly so many bytes. k M G are powers of 1000, KiB MiB of 1024."""
    found = _SIZE.fullmatch(text)
    if not found:
        raise UsageError(f"{text!r} is no size", hint="expected +1M, -10k or 4096; units: k M G, KiB MiB GiB")
    sign, number, unit, suffix = found.groups()
    limit = float(number) * (1024 if suffix.lower().startswith("i") else 1000) ** " kmgt".index(unit.lower() or " ")
    if sign == "+":
        return lambda _, node: node.kind is EntryKind.FILE and node.size > limit
    if sign == "-":
        return lambda _, node: node.kind is EntryKind.FILE and node.size < limit
    return lambda _, node: node.kind is EntryKind.FILE and node.size == limit


def by_kind(text: str) -> Predicate:
    """The type of the file is one of several, separated by commas."""
    kinds = {_LETTERS[part] if part in _LETTERS else _kind(part) for part in text.split(",")}
    return lambda _, node: node.kind in kinds


def by_owner(text: str) -> Predicate:
    """The owner of the file is `USER`, `USER:GROUP` or `:GROUP`; each a number, or a name as the layer records it.

    Many builders record no names; `root` means 0 then.
    """
    user, _, group = text.partition(":")

    def test(_: str, node: FileNode) -> bool:
        entry = node.header
        is_user = not user or user in (str(entry.uid), entry.uname or _name_of(entry.uid))
        return is_user and (not group or group in (str(entry.gid), entry.gname or _name_of(entry.gid)))

    return test


def _name_of(number: int) -> str:
    return "root" if number == 0 else ""


def described(condition: str, node: FileNode) -> str:
    """The mode, owner or kind of *node*, by the name of the *condition*, written as a condition is."""
    entry = node.header
    if condition == "mode":
        return f"mode={entry.octal_mode}"
    if condition == "kind":
        return f"kind={node.kind.value}"
    user, group = entry.uname or entry.uid, entry.gname or entry.gid
    return f"owner={user}:{group}"


def by_mode(text: str) -> Predicate:
    """The mode has exactly these bits (`0755`), all of these (`-4000`) or any (`/6000`), in octal or as a word."""
    octal = _MODES.get(text, text)
    sign, digits = (octal[0], octal[1:]) if octal[:1] in ("-", "/") else ("", octal)
    if not re.fullmatch(r"[0-7]{1,5}", digits, re.ASCII):
        words = ", ".join(_MODES)
        raise UsageError(f"{text!r} is no mode", hint=f"expected octal such as 0755, -4000 or /6000, or one of {words}")
    bits = int(digits, 8)

    def test(_: str, node: FileNode) -> bool:
        if node.kind is EntryKind.SYMLINK:
            return False
        mode = node.header.mode
        if sign == "-":
            return mode & bits == bits
        return bool(mode & bits) if sign else mode == bits

    return test


def by_layer(index: int) -> Predicate:
    """The layer with that index stores the file."""
    return lambda _, node: node.stored_at is not None and node.stored_at.layer == index


def by_newer(text: str) -> Predicate:
    """The file was modified after a time: `2024-01-31`, `2024-01-31T12:00:00+01:00` (else in UTC), or `@SECONDS`."""
    try:
        if text.startswith("@"):
            limit = int(text[1:]) * 1_000_000_000
        else:
            when = datetime.fromisoformat(text)
            limit = round((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()) * 1_000_000_000
    except (ValueError, OverflowError):
        raise UsageError(
            f"{text!r} is no date and no time",
            hint="expected 2024-01-31, 2024-01-31T12:00:00Z or @1700000000",
        ) from None
    return lambda _, node: node.entry is not None and node.entry.mtime_ns > limit


def _kind(word: str) -> EntryKind:
    for kind in _LETTERS.values():
        if kind.value == word:
            return kind
    raise UsageError(f"there is no type {word!r}", hint=f"expected one of {', '.join(KINDS)}")


def any_of(tests: list[Predicate]) -> Predicate:
    """At least one of *tests* is met."""
    return lambda path, node: any(test(path, node) for test in tests)
