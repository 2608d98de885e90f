"""The command: odd images, one after the other, until the time is over or one of them did what none may do."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import traceback
from pathlib import Path
from random import Random

from tests.fuzz.images import Image
from tests.fuzz.judge import Judge


def main() -> int:
    """0 when nothing was found, else 1; each find is kept as a file."""
    options = _arguments()
    seconds = options.minutes * 60 if options.seconds is None else options.seconds
    first = options.seed if options.seed is not None else int.from_bytes(os.urandom(4))
    end = time.monotonic() + seconds
    tried = found = 0
    while tried == 0 or (time.monotonic() < end and options.seed is None):
        found += not survives(first + tried, options.keep)
        tried += 1
    print(f"{tried:,} images from number {first} on, {found} finds")
    return int(found > 0)


def survives(seed: int, keep: Path) -> bool:
    """Whether every command copes with the image of number *seed*; what it did is printed, and the image kept."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as home:
        image, other = Path(home) / "image.tar", Path(home) / "other.tar"
        image.write_bytes(Image(seed).archive())
        other.write_bytes(Image(seed // 7).archive())
        try:
            Judge(image, other, Random(seed)).some()
        except Exception:
            keep.mkdir(parents=True, exist_ok=True)
            kept = keep / f"fuzz-{seed}.tar"
            kept.write_bytes(image.read_bytes())
            print(f"number {seed}, kept as {kept}:", file=sys.stderr)
            traceback.print_exc()
            return False
    return True


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20, help="how long")
    parser.add_argument("--seconds", type=float, help="the same in seconds")
    parser.add_argument("--seed", type=int, help="only the image of this number, which a find was reported with")
    parser.add_argument(
        "--keep", type=Path, default=Path(tempfile.gettempdir()) / "ocianalyze-fuzz", help="where finds are kept"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
