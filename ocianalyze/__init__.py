"""ocianalyze looks inside container images.

From Python, `ocianalyze.open("image.tar")` reads an image and replays its layers; docs/api.md shows what it gives.

docs/architecture.md draws the rooms of the package; each imports only what is below it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ocianalyze.api.for_programs import open  # noqa: A004 - meant to be written ocianalyze.open
    from ocianalyze.api.opened import OpenedImage
    from ocianalyze.api.verify import verify_file
    from ocianalyze.errors import OcianalyzeError

__version__ = "0.2.0.dev0"
__all__ = ["OcianalyzeError", "OpenedImage", "__version__", "open", "verify_file"]

_ROOMS = {
    "OcianalyzeError": "errors",
    "OpenedImage": "api.opened",
    "open": "api.for_programs",
    "verify_file": "api.verify",
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
