"""StoredImage: an image of an open source as writers take it, with its bytes and its documents at hand."""

from __future__ import annotations

from dataclasses import dataclass

from ocianalyze.contents.contents import Contents
from ocianalyze.model.image import Image


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredImage:
    """One image that can be written again, as long as its source is open."""

    image: Image
    contents: Contents
    """The content of every file of every layer."""
    config_data: bytes
    """The config as stored; empty where it is put together from the JSON files of layers."""
    manifest_data: bytes
    """The manifest as stored; empty where the image has none."""
