"""`--baseline`: an earlier JSON report, or the earlier image itself."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING

from ocianalyze.errors import UsageError, located

if TYPE_CHECKING:
    from ocianalyze.api.judging import Baseline
    from ocianalyze.cli.image_options import ImageToRead


def read_baseline(name: str, source: ImageToRead) -> Baseline:
    """The baseline that *name*, a report or an archive, describes.

    An archive is read with the options of *source*, but whole, and without --image, which names another image.
    """
    from ocianalyze.api.judging import baseline_of

    if name == "-" == source.path:
        raise UsageError("only one of the image and its baseline can come from standard input")
    try:
        with located("the baseline"):
            if _is_report(name):
                from ocianalyze.report.compose.baseline import parse_baseline

                return parse_baseline(Path(name).read_bytes(), name)
            return baseline_of(source.replaced(image_=name, image=None, partial=False).analyze())
    except OSError as error:
        raise UsageError(f"cannot read the baseline {name}: {error.strerror or error}") from error


def _is_report(name: str) -> bool:
    """Whether *name* is a file of JSON: no archive begins with a brace."""
    if name == "-" or not stat.S_ISREG(Path(name).stat().st_mode):
        return False
    with Path(name).open("rb") as opened:
        return opened.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
