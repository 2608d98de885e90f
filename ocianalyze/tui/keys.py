"""The bindings that a class of ours declares: bindings with an id. Help, command palette and tests use them."""

from __future__ import annotations

from textual.binding import Binding
from textual.dom import DOMNode


def our_bindings(owner: type[DOMNode]) -> list[Binding]:
    """The bindings that *owner* itself declares, in order."""
    return [
        binding
        for binding in owner.__dict__.get("BINDINGS", ())
        if isinstance(binding, Binding) and binding.id is not None
    ]
