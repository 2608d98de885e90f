"""Two processes on one cache, killed at any moment, a hundred times: a run after that has the right image, always."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from ocianalyze.loading.disk_cache import DiskCache
from ocianalyze.loading.options import LoadOptions
from ocianalyze.model.image import Image
from tests.archive_builders import oci_files, pack
from tests.loading.loader import load_image
from tests.tar_builders import layer_tar

KILLS = 100
_PROGRAM = """
import os, random, signal, sys, time
from pathlib import Path
from ocianalyze.loading.cache_folder import Bounds
from ocianalyze.loading.disk_cache import DiskCache
from ocianalyze.api import open_image
from ocianalyze.loading.options import LoadOptions

seed, kills, home, expected, *archives = sys.argv[1:]
lines = Path(expected).read_text().splitlines()
rng = random.Random(int(seed))

def loads(rng):
    while True:
        bounds = Bounds(size=rng.choice([1, 3_000, 1 << 30]))
        cache = DiskCache(Path(home), bounds=bounds, least_image=0, least_layer=0)
        number = rng.randrange(len(archives))
        options = LoadOptions(cache=cache, trust_cache=rng.random() < 0.5)
        with open_image(archives[number], options=options) as opened:
            image = opened.image
        if repr([[entry.path for entry in layer.entries] for layer in image.layers]) != lines[number]:
            return "another image"
        if rng.random() < 0.05:
            cache.clear()

open_image(archives[0]).close()  # imports what is imported late, once for all
for turn in range(int(kills)):
    child = os.fork()  # of a process of one thread
    if not child:
        wrong = "an error"
        try:
            wrong = loads(random.Random(turn * 2 + int(seed)))
        finally:
            print(wrong, flush=True)
            os._exit(1)
    time.sleep(rng.uniform(0.0, 0.06))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
"""


def test_runs_that_are_killed_leave_the_cache_good(tmp_path: Path) -> None:
    tars = [layer_tar(*((f"{name}{number}", name.encode() * 99) for number in range(40))) for name in "abcd"]
    archives = [tmp_path / f"{number}.tar" for number in range(3)]
    lines = []
    for number, path in enumerate(archives):
        path.write_bytes(pack(oci_files(*tars[number:], tars[0])))
        os.utime(path, (1_700_000_000, 1_700_000_000))
        lines.append(paths(load_image(str(path))))
    expected = tmp_path / "expected"
    expected.write_text("\n".join(lines))
    home = tmp_path / "home"
    jobs = [
        subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, *map(str, (seed, KILLS // 2, home, expected, *archives))],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for seed in (1, 2)
    ]
    for job in jobs:
        said, _ = job.communicate(timeout=120)
        assert (job.returncode, said) == (0, "")
    assert home.exists()
    for path, line in zip(archives, lines, strict=True):
        cache = DiskCache(home, least_image=0, least_layer=0)
        assert paths(load_image(str(path), options=LoadOptions(cache=cache, trust_cache=True))) == line


def paths(image: Image) -> str:
    return repr([[entry.path for entry in layer.entries] for layer in image.layers])
