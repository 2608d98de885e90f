"""Random tars of odd headers: numbers in every form, extended headers in any order, types, prefixes, sparse maps."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.tar.sparse import FORMATS
from tests.tar_builders import GNU, USTAR, V7, base256, header, long_name, octal, padded, pax

NAMES = [b"a", b"b/", b"d/e", b"./f", b"/g", b"h//i/", b"j\xff", b"k\0junk"]
TYPES = [b"0", b"0", b"0", b"\0", b"5", b"2", b"1", b"6", b"3"]
REFUSED_TYPES = [b"7", b"S", b"V", b"D", b"X", b"Q"]
MAGICS = [USTAR, USTAR, GNU, GNU, V7, b"ustar\0  ", b"ustar 00"]
PLAIN_MAGICS = [USTAR, GNU, V7]
RESTS = [
    b"p/q",
    b"p/\xff",
    octal(1234567, 12) + octal(7, 12),
    octal(7, 12) + b"p/q",
    base256(2**70, 12),
    b"\0" * 12 + b"zz",
    b"p".ljust(131, b"\0") + octal(1, 12) + octal(2, 12) + bytes(8) + b"tar\0",
    b"p" * 140 + bytes(23) + b"tar\0",
]
_TEXTS = st.sampled_from([b"", b"x", b"x/", b"y" * 120, b"z\xff"])
_NUMBERS = st.sampled_from([b"", b"7", b"0", b"00000000000000000000000000000000007", b"+5"])
_TIMES = st.sampled_from([b"", b"1.5", b"-1.5", b"5.", b"1.0000000019999", b"-1.0000000001", b"+3", b"7.25".zfill(30)])
_BAD = st.sampled_from([b"x", b"-", b"1_0", b"9" * 19, b".5", b"1.2.3", b"\0", b"a\0b", b" 1"])


def numbers(value: int, width: int) -> st.SearchStrategy[bytes]:
    """*value* in a field of *width* bytes, in a form that Go reads."""
    digits = b"%o" % value
    forms = [
        octal(value, width),
        digits.rjust(width, b"0"),
        digits.rjust(width - 1) + b" ",
        digits.rjust(width - 2, b"0") + b" \0",
        digits.rjust(width, b"\0"),
        b" \0" + digits,
        digits + b"\0junk"[: width - len(digits)],
        digits.ljust(width),
        base256(value, width),
    ]
    return st.sampled_from([form.ljust(width, b"\0") for form in forms if len(form) <= width])


def broken(width: int) -> st.SearchStrategy[bytes]:
    """A field that is no number for Go."""
    forms = [form.ljust(width, b"\0") for form in (b"xx", b"-5", b"+BB", b"0 7", b"8", b"\0z")]
    return st.sampled_from([*forms, b"\x90".ljust(width, b"\0")]) if width > 8 else st.sampled_from(forms)


def records(*, good: bool) -> st.SearchStrategy[list[tuple[bytes, bytes]]]:
    """Records of a PAX header; without *good* some of them are what Go refuses."""

    def pair(key: bytes, values: st.SearchStrategy[bytes]) -> st.SearchStrategy[tuple[bytes, bytes]]:
        return st.tuples(st.just(key), values if good else values | _BAD)

    texts = [pair(key, _TEXTS) for key in (b"path", b"linkpath", b"uname", b"gname", b"SCHILY.xattr.user.k")]
    numeric = [pair(key, _NUMBERS) for key in (b"uid", b"gid")]
    times = [pair(key, _TIMES) for key in (b"mtime", b"atime")]
    other = [pair(key, _TEXTS) for key in (b"comment", b"LIBARCHIVE.xattr.user.l")]
    if not good:
        other += [st.just((b"k\0", b"v")), pair(b"GNU.sparse.map", _NUMBERS), pair(b"GNU.sparse.size", _NUMBERS)]
    return st.lists(st.one_of(*texts, *numeric, *times, *other), max_size=4)


@st.composite
def extensions(draw: st.DrawFn, *, good: bool, globals_too: bool) -> bytes:
    """Extended headers in front of a member."""
    out = b""
    kinds = "xxLK" + "g" * globals_too
    for kind in draw(st.lists(st.sampled_from(kinds), max_size=3)):
        if kind in "xg":
            out += pax(draw(records(good=good)), kind.encode())
        else:
            out += long_name(draw(st.sampled_from([b"", b"long", b"long/", b"l" * 130])), kind.encode())
    return out


@st.composite
def members(draw: st.DrawFn, *, good: bool = False, globals_too: bool = True) -> bytes:
    """One member with its extended headers; *good* keeps to what Go does not refuse."""
    before = draw(extensions(good=good, globals_too=globals_too))
    if draw(st.integers(0, 7)) == 0:
        return before + FORMATS[draw(st.sampled_from(["0.0", "1.0"] if good else sorted(FORMATS)))](
            [(100, 300), (1000, 500)], 5000
        )
    kind = draw(st.sampled_from(TYPES if good else TYPES + REFUSED_TYPES))
    name = draw(st.sampled_from(NAMES))
    data = draw(st.sampled_from([b"", b"", b"abc", b"d" * 600]))
    has_data = kind in b"0" or kind not in b"\x00123456"

    def field(value: int, width: int) -> bytes:
        return draw(numbers(value, width) if good or draw(st.integers(0, 9)) else numbers(value, width) | broken(width))

    block = header(
        name,
        kind=kind,
        mode=field(draw(st.sampled_from([0o644, 0o755] if kind in b"36" else [0o644, 0o100600])), 8),
        uid=field(draw(st.sampled_from([0, 1000])), 8),
        gid=field(draw(st.sampled_from([0, 1000])), 8),
        size=field(len(data), 12),
        mtime=field(draw(st.sampled_from([0, 1_700_000_000])), 12),
        link=draw(st.sampled_from([b"t", b"../t", b"t/"])) if kind in b"12" else b"",
        magic=draw(st.sampled_from(MAGICS)),
        uname=draw(st.sampled_from([b"", b"u", b"u\xff"])),
        prefix=draw(st.sampled_from(RESTS)) if draw(st.integers(0, 3)) == 0 else b"",
    )
    if kind == b"\0":
        has_data = True
    return before + block + (padded(data) if has_data else b"")
