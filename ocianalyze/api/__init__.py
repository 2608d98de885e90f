"""The one door for programs, the command line and the TUI: `with open_image(name) as opened: ...`.

`open_image` and `open_pair` open one image or two; `files`, `search` and `views` are functions of what is open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ocianalyze.analysis.union.analyze import Analysis, for_good
    from ocianalyze.api.files import save_node
    from ocianalyze.api.load import OpenedPair, analyze_file, open_image, open_pair
    from ocianalyze.api.opened import OpenedImage
    from ocianalyze.api.verify import verify_file
    from ocianalyze.contents.members import ArchiveMember, ListingEnd, inflated_head, list_members
    from ocianalyze.layers.reader import Piece
    from ocianalyze.loading.cache_folder import Bounds, KeptFile
    from ocianalyze.loading.disk_cache import DiskCache
    from ocianalyze.loading.options import LoadOptions
    from ocianalyze.loading.progress import PlannedLayer, Progress
    from ocianalyze.writing.atomic_file import replacing
    from ocianalyze.writing.convert import Converted
    from ocianalyze.writing.extract import Extracted

__all__ = [
    "Analysis",
    "ArchiveMember",
    "Bounds",
    "Converted",
    "DiskCache",
    "Extracted",
    "KeptFile",
    "ListingEnd",
    "LoadOptions",
    "OpenedImage",
    "OpenedPair",
    "Piece",
    "PlannedLayer",
    "Progress",
    "analyze_file",
    "for_good",
    "inflated_head",
    "list_members",
    "open_image",
    "open_pair",
    "replacing",
    "save_node",
    "verify_file",
]

_MODULES = {
    "Analysis": "ocianalyze.analysis.union.analyze",
    "ArchiveMember": "ocianalyze.contents.members",
    "Bounds": "ocianalyze.loading.cache_folder",
    "Converted": "ocianalyze.writing.convert",
    "DiskCache": "ocianalyze.loading.disk_cache",
    "Extracted": "ocianalyze.writing.extract",
    "KeptFile": "ocianalyze.loading.cache_folder",
    "ListingEnd": "ocianalyze.contents.members",
    "LoadOptions": "ocianalyze.loading.options",
    "OpenedImage": "ocianalyze.api.opened",
    "OpenedPair": "ocianalyze.api.load",
    "Piece": "ocianalyze.layers.reader",
    "PlannedLayer": "ocianalyze.loading.progress",
    "Progress": "ocianalyze.loading.progress",
    "analyze_file": "ocianalyze.api.load",
    "for_good": "ocianalyze.analysis.union.analyze",
    "inflated_head": "ocianalyze.contents.members",
    "list_members": "ocianalyze.contents.members",
    "open_image": "ocianalyze.api.load",
    "open_pair": "ocianalyze.api.load",
    "replacing": "ocianalyze.writing.atomic_file",
    "save_node": "ocianalyze.api.files",
    "verify_file": "ocianalyze.api.verify",
}


def __getattr__(name: str) -> Any:
    """A name of the door, imported when it is first asked for: the command line starts without most of them."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(_MODULES[name]), name)
    return value
