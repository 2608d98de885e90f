"""The keys of the main screen: dive's, and ours.

Ctrl+M and Enter, Ctrl+I and Tab, Ctrl+Space and NUL are one to most terminals: whatever has such a key has a
plain one too.
"""

from __future__ import annotations

from textual.binding import Binding, BindingType

from ocianalyze.tui.viewmodel.paths import ADDED, METADATA, MODIFIED, PLAIN, REMOVED, REPLACED, UNCHANGED


def _kind(keys: str, states: str, label: str, id: str) -> Binding:  # noqa: A002  # Binding's own word
    return Binding(
        keys, f"toggle_kinds(({states},))", label, id=id, show=False, tooltip=f"Show or hide what is {label}"
    )


BINDINGS: list[BindingType] = [
    Binding("tab", "next_pane(1)", "Pane", id="explore.next-pane", tooltip="To the next pane"),
    Binding("shift+tab", "next_pane(-1)", "Back", id="explore.previous-pane", show=False, tooltip="To the pane before"),
    Binding("1", "pane('layers')", "Layers", id="explore.layers", show=False, tooltip="To the layers"),
    Binding("2", "pane('tree')", "Tree", id="explore.tree", show=False, tooltip="To the tree"),
    Binding("3", "pane('details')", "Details", id="explore.details", show=False, tooltip="To the details"),
    Binding(
        "slash,ctrl+f,ctrl+slash,ctrl+underscore",
        "filter",
        "Filter",
        id="explore.filter",
        key_display="/",
        tooltip="Filter the tree",
    ),
    Binding("backspace", "clear_filter", "Clear", id="explore.clear-filter", show=False, tooltip="Clear the filter"),
    Binding("s,ctrl+o", "sort", "Sort", id="explore.sort", show=False, tooltip="Sort by the next column"),
    Binding("S", "reverse", "Reverse", id="explore.reverse", show=False, tooltip="Sort the other way round"),
    Binding(
        "L,ctrl+l",
        "mode('LAYER')",
        "Layer",
        id="explore.layer-changes",
        show=False,
        tooltip="Mark what this layer changed",
    ),
    Binding(
        "A,ctrl+a",
        "mode('AGGREGATED')",
        "Aggregated",
        id="explore.aggregated",
        show=False,
        tooltip="Mark all changes since the base (Ctrl+A: in the layers)",
    ),
    Binding(
        "less_than_sign,comma",
        "step_layer(-1)",
        "Lower",
        id="explore.lower-layer",
        show=False,
        tooltip="The layer below, from any pane",
    ),
    Binding(
        "greater_than_sign",
        "step_layer(1)",
        "Upper",
        id="explore.upper-layer",
        show=False,
        tooltip="The layer above, from any pane",
    ),
    _kind("plus,plus_sign", f"{ADDED}", "added", "kind.added"),
    _kind("tilde", f"{MODIFIED}", "modified", "kind.modified"),
    _kind("at", f"{METADATA}", "changed in its metadata alone", "kind.metadata"),
    _kind("exclamation_mark", f"{REPLACED}", "replaced by another type", "kind.replaced"),
    _kind("minus,hyphen_minus,ctrl+r", f"{REMOVED}", "removed", "kind.removed"),
    _kind("equals_sign", f"{UNCHANGED}", "written again unchanged", "kind.rewritten"),
    _kind("full_stop", f"{PLAIN}", "unmodified", "kind.unmodified"),
    _kind("M,ctrl+m", f"{MODIFIED}, {METADATA}, {REPLACED}", "modified in any way", "kind.any-modified"),
    _kind("U,ctrl+u", f"{PLAIN}, {UNCHANGED}", "unmodified or rewritten", "kind.any-unmodified"),
    Binding(
        "p,ctrl+b",
        "attributes",
        "Attributes",
        id="explore.attributes",
        show=False,
        tooltip="Show or hide mode and owner",
    ),
    Binding(
        "z,ctrl+@,ctrl+space",
        "fold_all",
        "Fold all",
        id="explore.fold-all",
        show=False,
        tooltip="Close all directories, or open all",
    ),
    Binding(
        "e,ctrl+e",
        "save",
        "Save",
        id="explore.save",
        show=False,
        tooltip="Save the file or directory to disk",
    ),
    Binding(
        "c",
        "compare",
        "Compare",
        id="explore.compare",
        show=False,
        tooltip="Compare two versions of the file",
    ),
    Binding(
        "y",
        "copy_path",
        "Copy path",
        id="explore.copy-path",
        show=False,
        tooltip="Copy the path to the clipboard",
    ),
    Binding(
        "Y",
        "copy_command",
        "Copy command",
        id="explore.copy-command",
        show=False,
        tooltip="Copy the command that shows the same",
    ),
    Binding(
        "left_square_bracket",
        "resize(-4)",
        "Narrower",
        id="explore.narrower",
        show=False,
        tooltip="Make the left panes narrower",
    ),
    Binding(
        "right_square_bracket",
        "resize(4)",
        "Wider",
        id="explore.wider",
        show=False,
        tooltip="Make the left panes wider",
    ),
    Binding(
        "left_curly_bracket",
        "resize_layers(-2)",
        "Lower",
        id="explore.layers-lower",
        show=False,
        tooltip="Make the list of layers lower",
    ),
    Binding(
        "right_curly_bracket",
        "resize_layers(2)",
        "Higher",
        id="explore.layers-higher",
        show=False,
        tooltip="Make the list of layers higher",
    ),
]
