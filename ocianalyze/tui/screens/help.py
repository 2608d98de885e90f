"""The help screen, made from the bindings themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import ModalScreen

from ocianalyze.tui.keys import our_bindings
from ocianalyze.tui.looks.states import COLOUR, GLYPH
from ocianalyze.tui.looks.text import hanging, heading, lines
from ocianalyze.tui.screens.base import SideScreen
from ocianalyze.tui.screens.biggest import BiggestScreen
from ocianalyze.tui.screens.content_diff import ContentDiffScreen
from ocianalyze.tui.screens.explore import ExploreScreen
from ocianalyze.tui.screens.treemap import TreemapScreen
from ocianalyze.tui.screens.viewer import ViewerScreen
from ocianalyze.tui.screens.waste import WasteScreen
from ocianalyze.tui.viewmodel.filters import LANGUAGE
from ocianalyze.tui.viewmodel.paths import ADDED, METADATA, MODIFIED, PLAIN, REMOVED, REPLACED, UNCHANGED
from ocianalyze.tui.widgets.details_pane import DetailsPane
from ocianalyze.tui.widgets.file_tree import FileTree
from ocianalyze.tui.widgets.filter_bar import FilterInput
from ocianalyze.tui.widgets.kind_bar import KINDS
from ocianalyze.tui.widgets.layer_list import LayerList
from ocianalyze.tui.widgets.pager import Pager
from ocianalyze.tui.widgets.table import Table
from ocianalyze.tui.widgets.tree_line import INSIDE
from ocianalyze.tui.widgets.treemap import TreemapView

SECTIONS: tuple[tuple[str, type[DOMNode]], ...] = (
    ("Main screen", ExploreScreen),
    ("Tree", FileTree),
    ("Layers", LayerList),
    ("Details", DetailsPane),
    ("Filter line", FilterInput),
    ("Other screens", SideScreen),
    ("Waste", WasteScreen),
    ("Biggest files", BiggestScreen),
    ("Tables", Table),
    ("Treemap", TreemapView),
    ("Treemap, where to", TreemapScreen),
    ("Viewer", ViewerScreen),
    ("Comparison", ContentDiffScreen),
    ("Text of both", Pager),
)
_MEANING = {
    ADDED: "added",
    MODIFIED: "modified in its content",
    METADATA: "changed in mode, owner, time or attributes alone",
    REPLACED: "replaced by another type of file",
    REMOVED: "removed; still there to open and to save",
    UNCHANGED: "written again, without a difference",
}
_NOTE = (
    "Most terminals send Ctrl+M as Enter, Ctrl+I as Tab and Ctrl+Space as NUL: for those there are the plain keys "
    "M, Tab and z. Ctrl+A marks all changes since the base when the layers have the focus, and shows or hides what "
    "is added when the tree has it; A and + do the same from everywhere. The mouse works too: layers, rows, arrows, "
    "column heads and kinds can be clicked, and the lines between panes dragged."
)
_WIDTH = 20


class HelpScreen(ModalScreen[None]):
    """Keys by pane, then the filter's language."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark", "dismiss", "Close", id="help.close", tooltip="Close the help"),
    ]

    def __init__(self) -> None:
        super().__init__(id="help")

    def compose(self) -> ComposeResult:
        """One pane."""
        yield DetailsPane("help-pane")

    def on_mount(self) -> None:
        """Fill the pane."""
        pane = self.query_one(DetailsPane)
        pane.border_title = "Keys"
        pane.border_subtitle = "Escape closes"
        pane.show(lines(self._text()))

    def _text(self) -> Iterator[Content]:
        yield heading("Marks")
        yield from _marks()
        for title, owner in (("Everywhere", type(self.app)), *SECTIONS):
            yield Content("")
            yield heading(title)
            for binding in our_bindings(owner):
                yield self._line(binding)
        yield Content("")
        yield heading("Filter: words that must all be true of a path")
        for term, meaning in LANGUAGE:
            yield hanging(Content.assemble((term.ljust(_WIDTH), "bold $text-accent"), meaning), _WIDTH)
        yield Content("")
        yield Content.styled(_NOTE, "$text-muted")

    def _line(self, binding: Binding) -> Content:
        shown = [self.app.get_key_display(Binding(key, "")) for key in binding.key.split(",")]
        keys = "  ".join(dict.fromkeys(shown))
        meaning = binding.tooltip or binding.description
        return hanging(Content.assemble((keys.ljust(_WIDTH), "bold $text-accent"), meaning), _WIDTH)


def _marks() -> Iterator[Content]:
    """The marks before rows, in their colours."""
    for state in KINDS:
        if state != PLAIN:
            mark = Content.styled(GLYPH[state].ljust(_WIDTH), f"bold {COLOUR[state]}")
            yield hanging(Content.assemble(mark, _MEANING[state]), _WIDTH)
    mark = Content.styled(INSIDE.ljust(_WIDTH), "bold $text-warning")
    yield hanging(Content.assemble(mark, "a directory that is as it was, with changes inside"), _WIDTH)
