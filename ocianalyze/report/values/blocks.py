"""The two kinds of value that documents are made of, by how JSON lays them out."""

from __future__ import annotations

import msgspec


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """An object that JSON lays out over several lines."""


class Row(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A flat object, one line of JSON. There may be a million, so the collector leaves them alone."""
