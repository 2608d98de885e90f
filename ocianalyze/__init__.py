"""ocianalyze looks inside container images.

From Python, `ocianalyze.open("image.tar")` reads an image and replays its layers; docs/api.md shows what it gives.

The rooms, from the bottom: `errors` and `model` say what there is; `archive` reads and writes bytes; `analysis`
replays layers, and never sees a byte; `api`, `files`, `searching`, `verifying` and `imagefile` are what other programs
call; `report` puts results into words and formats; `tui` and `cli` are for people. Each imports only what is below it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ocianalyze.errors import OcianalyzeError
    from ocianalyze.imagefile import ImageFile, open  # noqa: A004 - meant to be written ocianalyze.open
    from ocianalyze.verifying import verify_file

__version__ = "0.1.0"
__all__ = ["ImageFile", "OcianalyzeError", "__version__", "open", "verify_file"]

_ROOMS = {
    "ImageFile": "imagefile",
    "OcianalyzeError": "errors",
    "open": "imagefile",
    "verify_file": "verifying",
}


def __getattr__(name: str) -> Any:
    """A public name, imported when it is first asked for: the command line starts without most of them."""
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
