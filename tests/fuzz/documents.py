"""JSON documents with something wrong in them: values of another kind, or bytes that hardly are JSON."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

_DEEP: list[Any] = []
for _ in range(400):
    _DEEP = [_DEEP]

ODD: tuple[Any, ...] = (
    None, True, False, -1, 0, 1, 2**31, 2**63, 2**64, 10**400, 1e308, 0.5, float("nan"), float("-inf"),
    "", " ", "/", ".", "..", "../../x", "a\0b", "\n", "x\n# syntax=evil\nRUN y \\", "\ud800", "\u202e", "\x1b[31m",
    "::error::x", "##[error]x", "]]>", "<script>", "=1+1", "@name", "a" * 3000, "$(touch x)", "sha256:" + "0" * 64,
    "sha256:..", "sha512:" + "f" * 128, "md5:d41d8cd98f00b204e9800998ecf8427e", "2024-13-45T99:99:99Z",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.layer.v1.tar+zstd", "linux", "windows",
    [], {}, [None], [""], [[]], {"": ""}, {"a": {"b": []}}, ["x"] * 300, _DEEP,
)  # fmt: skip
KEYS = (
    "",
    "Config",
    "config",
    "layers",
    "Layers",
    "rootfs",
    "history",
    "annotations",
    "platform",
    "urls",
    "é",
    "\ud800",
)

_Place = tuple[Any, Any]


def mutated(value: Any, chance: Random) -> Any:
    """A copy of *value* in which something is replaced, dropped, doubled or renamed."""
    value = copy.deepcopy(value)
    for _ in range(chance.choice((1, 2, 5, 20))):
        inside, key = chance.choice(list(_places(value)))
        if not isinstance(inside[key], dict | list):
            inside[key] = _odd(chance, inside[key])
    if chance.random() < 0.5:
        _broken(value, chance)
    return value


def _broken(value: Any, chance: Random) -> None:
    """Change *value* in a way that not every reader takes."""
    inside, key = chance.choice(list(_places(value)))
    change = chance.randrange(4)
    if change == 0:
        inside[key] = _odd(chance)
    elif change == 1:
        del inside[key]
    elif change == 2 and isinstance(inside, dict):
        inside[chance.choice(KEYS)] = inside.pop(key)
    else:
        _double(inside, key, chance.choice((1, 1, 300)))


def serialised(value: Any, chance: Random) -> bytes:
    """*value* as JSON, most of the time: now and then cut, doubled, spaced out, or with something before or after."""
    data = json.dumps(value, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    change = chance.randrange(100)
    at = chance.randrange(len(data) + 1)
    if change == 0:
        return data[:at]
    if change == 1:
        return data[:at] + chance.randbytes(1) + data[at + 1 :]
    if change == 2:
        return b"\xef\xbb\xbf" + data
    if change == 3:
        return data + chance.choice((b"\n", b"\0", b"x", data))
    if change == 4:
        return data.replace(b"{", b'{"schemaVersion": 1, "config": 5, ', 1)
    if change == 5:
        return data.decode("utf-8", "replace").encode(chance.choice(("utf-16", "utf-32")))
    return data


def _odd(chance: Random, like: Any = None) -> Any:
    """An odd value; of the same type as *like*, if that is something."""
    alike = [one for one in ODD if type(one) is type(like)] if like is not None else []
    return copy.deepcopy(chance.choice(alike or ODD))


def _places(value: Any) -> list[_Place]:
    """Each place in *value*: the list or dictionary, and the index or key in it."""
    found: list[_Place] = []
    todo = [value]
    while todo and len(found) < 2000:
        inside = todo.pop()
        items = inside.items() if isinstance(inside, dict) else enumerate(inside) if isinstance(inside, list) else ()
        for key, one in items:
            found.append((inside, key))
            todo.append(one)
    return found


def _double(inside: Any, key: Any, times: int) -> None:
    """Put what is at *key* beside itself."""
    if isinstance(inside, list):
        inside[key:key] = [copy.deepcopy(inside[key]) for _ in range(times)]
    else:
        inside |= {f"{key}{number}": inside[key] for number in range(times)}
