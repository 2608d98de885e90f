"""Every binding there is, and for each the case that presses its key and looks at what happens."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Iterator

from textual.binding import Binding
from textual.dom import DOMNode
from textual.pilot import Pilot

import ocianalyze.tui
from ocianalyze.tui.keys import our_bindings

Case = Callable[[Pilot[int], str], Awaitable[None]]
CASES: dict[str, Case] = {}


def case(binding_id: str) -> Callable[[Case], Case]:
    """The function presses a key of this binding and asserts what it does."""

    def note(function: Case) -> Case:
        assert binding_id not in CASES
        CASES[binding_id] = function
        return function

    return note


def all_bindings() -> Iterator[Binding]:
    """Our bindings of every class in the package."""
    seen: set[type] = set()
    for module_info in pkgutil.walk_packages(ocianalyze.tui.__path__, "ocianalyze.tui."):
        for value in vars(importlib.import_module(module_info.name)).values():
            if isinstance(value, type) and issubclass(value, DOMNode) and value not in seen:
                seen.add(value)
                yield from our_bindings(value)


ALL = {binding.id: binding for binding in all_bindings()}
