"""How long replay, waste and dive's numbers take on an image of 12 layers and 200,000 entries.

Run: `python -m tests.benchmarks.replay_speed [ENTRIES [LAYERS]]`
"""

from __future__ import annotations

import gc
import random
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from ocianalyze.analysis.union.analyze import Replay, no_garbage_collection
from ocianalyze.analysis.waste.dive import dive_compat
from ocianalyze.analysis.waste.waste import waste_report
from ocianalyze.model.entry import Entry, EntryKind
from ocianalyze.model.image import Image
from tests.builders import MTIME, build_image, directory, hardlink, opaque, whiteout


def synthetic_layers(entries: int, layers: int) -> list[list[Entry]]:
    """A base that is half of it all; above, files that are new, changed, linked and removed."""
    chance = random.Random(7)
    sizes = [int(chance.paretovariate(0.9) * 300) % 5_000_000 for _ in range(1000)]
    number = 0

    def file(path: str) -> Entry:
        nonlocal number
        number += 1
        content = number.to_bytes(32, "big")
        return Entry(path, EntryKind.FILE, sizes[number % 1000], 0o644, 0, 0, MTIME + number, content=content)

    stack: list[list[Entry]] = []
    present: list[str] = []
    for index in range(layers):
        count = entries // 2 if index == 0 else entries // 2 // (layers - 1)
        found: list[Entry] = []
        for package in range(count // 20):
            home = f"usr/lib/pkg{index}/module{package % 97}/part{package}"
            found.append(directory(home))
            found += [file(f"{home}/file{n}.py") for n in range(16)]
            if index and present:
                changed, removed = (present.pop(chance.randrange(len(present))) for _ in range(2))
                found += [file(changed), whiteout(removed)]
                found.append(hardlink(f"{home}/link", f"{home}/file0.py"))
        if index == layers - 1:
            found += [whiteout("usr/lib/pkg1"), opaque("usr/lib/pkg2")]
        present += [entry.path for entry in found if entry.kind is EntryKind.FILE]
        stack.append(found)
    return stack


def resident() -> int:
    """Bytes of this process in memory now (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def measure(image: Image) -> None:
    count = sum(len(layer.entries) for layer in image.layers)
    before = resident()
    start = time.perf_counter()
    replay = Replay()
    for layer in image.layers:
        replay.add(layer.entries)
    applied = time.perf_counter()
    memory = resident() - before
    with no_garbage_collection():
        waste_report(image.layers, replay._ledger.copies, base_layers=1)
        wasted = time.perf_counter()
        dive_compat(image.layers)
        dived = time.perf_counter()
    analysis = replay.finish(image)
    print(f"entries {count:,}  layers {len(image.layers)}  changes {sum(map(len, analysis.changes)):,}")
    print(f"apply   {applied - start:.3f} s  {(applied - start) / count * 1e6:.2f} µs an entry")
    print(f"waste   {wasted - applied:.3f} s")
    print(f"dive    {dived - wasted:.3f} s")
    print(f"memory  {memory / count:.0f} bytes an entry for all trees and changes")


def main(arguments: Sequence[str]) -> None:
    entries, layers = [int(each) for each in arguments] + [200_000, 12][len(arguments) :]
    image = build_image(*synthetic_layers(entries, layers))
    gc.collect()
    gc.freeze()
    measure(image)


if __name__ == "__main__":
    main(sys.argv[1:])
