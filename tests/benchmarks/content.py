"""File contents that compress as real ones do: text like source code, binaries, and what is compressed.

Everything is cut from three pools, which a seed decides. The pools are far larger than the window of gzip and
of zstd at its usual levels, so that a cut looks new to both.
"""

from __future__ import annotations

import random
from itertools import accumulate

TEXT_POOL = 24 << 20
BINARY_POOL = 24 << 20
NOISE_POOL = 8 << 20
LARGEST_CUT = 256 << 10
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SYNTAX = (
    " = ",
    "(",
    ");\n",
    ".",
    ", ",
    " {\n  ",
    "}\n",
    ": ",
    " return ",
    "const ",
    " => ",
    "'",
    '"',
    "\n    ",
    "_",
)


class Content:
    """The pools."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed)
        self._pools = {"text": _text(rng), "binary": _binary(rng), "noise": rng.randbytes(NOISE_POOL)}

    def cut(self, rng: random.Random, kind: str, size: int) -> list[bytes]:
        """Pieces that add up to *size* bytes of *kind*: `text`, `binary` or `noise`."""
        pool = self._pools[kind]
        pieces = []
        while size > 0:
            length = min(size, LARGEST_CUT)
            start = rng.randrange(len(pool) - length)
            pieces.append(pool[start : start + length])
            size -= length
        return pieces


def _text(rng: random.Random) -> bytes:
    """Words and punctuation; each stretch of a few kilobytes has its own small vocabulary, as a file has."""
    vocabulary = ["".join(rng.choices(LETTERS, k=rng.randint(2, 11))) for _ in range(12_000)]
    weights = list(accumulate(1 / rank for rank in range(1, 161)))
    stretches, total = [], 0
    while total < TEXT_POOL:
        words = rng.sample(vocabulary, 70) + rng.choices(SYNTAX, k=30)
        words += ["".join(rng.choices(words, k=4)) for _ in range(60)]
        rng.shuffle(words)
        stretches.append("".join(rng.choices(words, cum_weights=weights, k=1_200)))
        total += len(stretches[-1])
    return "".join(stretches).encode()


def _binary(rng: random.Random) -> bytes:
    """Short motifs that come again, with operands between them, as in machine code."""
    motifs = [rng.randbytes(rng.randint(4, 12)) for _ in range(4_000)]
    stretches, total = [], 0
    while total < BINARY_POOL:
        local = rng.sample(motifs, 150)
        operands = [rng.randbytes(rng.randint(0, 3)) for _ in range(300)]
        chosen = rng.choices(local, k=2_000)
        fill = rng.choices(operands, k=2_000)
        stretches.append(b"".join(part for pair in zip(chosen, fill, strict=True) for part in pair))
        total += len(stretches[-1])
    return b"".join(stretches)
