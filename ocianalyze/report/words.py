"""Numbers, times, names and commands made fit for people.

Exact values are for machines (`to_json`); these are for eyes, and every format and screen uses the same ones.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Collection
from datetime import UTC, datetime

from rich.cells import cell_len

# These are words, too.
from ocianalyze.model.amount import are_missing as are_missing
from ocianalyze.model.amount import counted as counted
from ocianalyze.model.amount import exact_size as exact_size
from ocianalyze.model.amount import number as number
from ocianalyze.model.amount import percent as percent
from ocianalyze.model.amount import size as size
from ocianalyze.model.entry import Entry, EntryKind

ELLIPSIS = "…"

_SHORT_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
# Controls (C0, DEL, C1), lone surrogates, line separators, and everything that is invisible or turns the
# reading direction: Unicode's format characters (Cf) and the fillers and selectors that render as nothing.
# U+FE0E and U+FE0F only choose between an emoji's two looks, so they stay.
UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb"
    "\ud800-\udfff\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
_TYPE_BITS = {
    EntryKind.FILE: stat.S_IFREG,
    EntryKind.DIRECTORY: stat.S_IFDIR,
    EntryKind.SYMLINK: stat.S_IFLNK,
    EntryKind.CHAR_DEVICE: stat.S_IFCHR,
    EntryKind.BLOCK_DEVICE: stat.S_IFBLK,
    EntryKind.FIFO: stat.S_IFIFO,
}
_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def cause(code: str) -> str:
    """The cause of a waste in plain words: `metadata only` for the code `metadata-only`."""
    return code.replace("-", " ")


def more(left: int, noun: str = "", *, kind: str = "more") -> str:
    """The end of a list that was cut: `and 32 more paths`, `and 3 smaller layers`, `and 1,200 more`."""
    return f"and {counted(left, f'{kind} {noun}') if noun else f'{number(left)} {kind}'}"


def signed_size(count: int) -> str:
    """A change of size, with its sign: `+1.5 kB`, `-532 B`, `0 B`."""
    return f"+{size(count)}" if count > 0 else size(count)


def place(path: str, *, directory: bool, rest: bool) -> str:
    """Where bytes came or went: `/usr/lib/`, or of a directory whose other parts are named, `/usr/lib/ (the rest)`."""
    return f"/{path}{'/' if directory and path else ''}{' (the rest)' if rest else ''}"


def linked(names: int) -> str:
    """` (3 names)`, which follows the path of a file with that many hard links; empty for one."""
    return f" ({number(names)} names)" if names > 1 else ""


def efficiency(ratio: float, missing: Collection[int]) -> str:
    """*ratio* as a percentage; where layers are *missing*, they could hide what seems to live."""
    return "not known" if missing else percent(ratio)


def signed_percent(ratio: float) -> str:
    """A change by *ratio* of what there was, with its sign: `+3.2%`, `-40%`, `below +0.1%`."""
    text = f"{'-' if ratio < 0 else '+'}{percent(abs(ratio)).lstrip('<>')}"
    return f"below {text}" if 0 < abs(ratio) < 0.0005 else f"over {text}" if 0.9995 <= abs(ratio) < 1 else text


def moment(created: str | None) -> str:
    """An RFC 3339 time to the minute in UTC, `2024-01-31 09:30 UTC`; `""` for none.

    What is no such time comes back as it is, made harmless. No clock is read: the same image reads the same
    tomorrow.
    """
    found = _TIME.fullmatch(created or "")
    if not found:
        return safe_name(created or "")
    *parts, zone = found.groups()
    try:
        when = datetime.fromisoformat("{}-{}-{}T{}:{}:{}".format(*parts) + ("+00:00" if zone in "Zz" else zone))
        when = when.astimezone(UTC)
    except (ValueError, OverflowError):
        return safe_name(created or "")
    # Go's zero time stands for "not set".
    return "" if when.year == 1 else f"{_to_the_minute(when)} UTC"


def clock(mtime_ns: int, *, exact: bool = False) -> str:
    """A modification time to the minute in UTC, as `ls -l` would give it: `2024-01-31 09:30`; *exact*, all of it."""
    seconds, rest = divmod(mtime_ns, 1_000_000_000)
    try:
        when = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return f"@{seconds}"
    if not exact:
        return _to_the_minute(when)
    return when.isoformat(" ")[:19] + (f".{rest:09}".rstrip("0") if rest else "")


def mode(entry: Entry) -> str:
    """The type and the permission bits as `ls -l` gives them: `drwxr-xr-x`."""
    return stat.filemode(_TYPE_BITS.get(entry.kind, 0) | entry.mode)


def safe_name(text: str) -> str:
    r"""*text* with everything made visible that could move, hide or fake what stands on a terminal.

    Control characters, escape sequences, newlines, bidirectional and zero-width marks become `\x1b`, `\n`,
    `\u202e`; a byte that is not UTF-8 becomes `\xff`. Other Unicode, and a backslash in the name, stay.
    """
    if text.isascii() and text.isprintable():
        return text
    return UNSAFE.sub(_escape, text)


def cut(text: str, width: int) -> str:
    """*text* in at most *width* terminal cells, its end cut off if need be."""
    return text if _head(text, width) == text else _head(text, width - 1) + ELLIPSIS


def cut_path(path: str, width: int) -> str:
    """*path* in at most *width* cells: directories in the middle go first, the base name last."""
    if _head(path, width) == path:
        return path
    tail = path[max(path.rfind("/", 0, len(path) - 1), 0) :]
    room = width - 1 - cell_len(tail)
    if room < 4:
        # Both ends tell: the start where the path leads, the end what it is (an extension, a number).
        end = _tail(path, (width - 1) * 2 // 3)
        return _head(path, width - 1 - cell_len(end)) + ELLIPSIS + end
    return _head(path, room) + ELLIPSIS + tail


def _to_the_minute(when: datetime) -> str:
    return when.isoformat(" ")[:16]


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if code <= 0xFF:
        return _SHORT_ESCAPES.get(character) or f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _head(text: str, width: int) -> str:
    """The longest start of *text* that fits in *width* cells and is not mostly combining marks."""
    used = 0
    for index, character in enumerate(text):
        used += cell_len(character)
        if used > width or index >= 4 * width:
            return text[:index]
    return text


def _tail(text: str, width: int) -> str:
    """The longest end of *text* that fits in *width* cells."""
    return _head(text[::-1], width)[::-1]
