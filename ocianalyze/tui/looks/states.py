"""The glyph, the word and the colour of each state of a path."""

from __future__ import annotations

from ocianalyze.tui.viewmodel.paths import (
    ABSENT,
    ADDED,
    METADATA,
    MODIFIED,
    PLAIN,
    REMOVED,
    REPLACED,
    UNCHANGED,
)

GLYPH = {
    ABSENT: " ",
    PLAIN: " ",
    ADDED: "+",
    MODIFIED: "~",
    METADATA: "@",
    REPLACED: "!",
    UNCHANGED: "=",
    REMOVED: "-",
}
"""The mark of a state. The same character is the key that shows and hides paths in that state."""

WORD = {
    PLAIN: "unmodified",
    ADDED: "added",
    MODIFIED: "modified",
    METADATA: "metadata",
    REPLACED: "replaced",
    UNCHANGED: "rewritten",
    REMOVED: "removed",
}

COLOUR = {
    ABSENT: "$text-muted",
    PLAIN: "$foreground",
    ADDED: "$text-success",
    MODIFIED: "$text-warning",
    METADATA: "$text-secondary",
    REPLACED: "$text-accent",
    UNCHANGED: "$text-primary",
    REMOVED: "$text-error",
}
"""Theme variables, for `Content`; `ocianalyze.tcss` gives component classes the same ones."""
