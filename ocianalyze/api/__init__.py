"""The one door for programs, the command line and the TUI: `with open_image(name) as opened: ...`.

`open_image` and `open_pair` open one image or two; `files`, `search` and `views` are functions of what is open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ocianalyze.api.load import OpenedPair, analyze_file, compare_files, open_image, open_pair
    from ocianalyze.api.opened import OpenedImage
    from ocianalyze.api.verify import verify_file
    from ocianalyze.loading.load import LoadOptions

__all__ = [
    "LoadOptions",
    "OpenedImage",
    "OpenedPair",
    "analyze_file",
    "compare_files",
    "open_image",
    "open_pair",
    "verify_file",
]

_MODULES = {
    "LoadOptions": "ocianalyze.loading.load",
    "OpenedImage": "ocianalyze.api.opened",
    "OpenedPair": "ocianalyze.api.load",
    "analyze_file": "ocianalyze.api.load",
    "compare_files": "ocianalyze.api.load",
    "open_image": "ocianalyze.api.load",
    "open_pair": "ocianalyze.api.load",
    "verify_file": "ocianalyze.api.verify",
}


def __getattr__(name: str) -> Any:
    """A name of the door, imported when it is first asked for: the command line starts without most of them."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(_MODULES[name]), name)
    return value
