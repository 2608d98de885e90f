"""The main screen: layers, the merged tree after one of them, and details of the chosen layer or path."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Footer, Tab, Tabs

from ocianalyze.tui.looks import details
from ocianalyze.tui.messages import CompareVersions, CopyCommand, CopyPath, LookInto, Reveal, SaveAs
from ocianalyze.tui.screens.explore_keys import BINDINGS
from ocianalyze.tui.screens.panes import PanesScreen
from ocianalyze.tui.viewmodel.paths import PathIndex
from ocianalyze.tui.viewmodel.rows import TreeOrder
from ocianalyze.tui.viewmodel.state import TreeState
from ocianalyze.tui.viewmodel.timeline import Timeline
from ocianalyze.tui.viewmodel.view import Mode, Views
from ocianalyze.tui.widgets.details_pane import DetailsPane
from ocianalyze.tui.widgets.file_tree import FileTree
from ocianalyze.tui.widgets.filter_bar import FilterBar, FilterInput
from ocianalyze.tui.widgets.kind_bar import KindBar
from ocianalyze.tui.widgets.layer_list import LayerItem, LayerList, layer_items
from ocianalyze.tui.widgets.splitter import Splitter
from ocianalyze.tui.widgets.title_bar import TitleBar

_PANES = ("layers", "tree", "details")


class ExploreScreen(PanesScreen):
    """Layers and details on the left, the tree on the right; on a narrow terminal, one of them at a time."""

    BINDINGS: ClassVar[list[BindingType]] = BINDINGS
    AUTO_FOCUS = "#layers"

    def __init__(self, index: PathIndex, timeline: Timeline) -> None:
        super().__init__(id="explore")
        self.index = index
        analysis = index.analysis
        self.state = TreeState(Views(index, timeline, analysis.waste.base_layers), max(0, len(analysis.trees) - 1))

    def compose(self) -> ComposeResult:
        """Title, tabs (when narrow), panes, keys."""
        yield self.title_bar()
        yield Tabs(Tab("1 Layers", id="tab-layers"), Tab("2 Tree", id="tab-tree"), Tab("3 Details", id="tab-details"))
        with Horizontal(id="panes"):
            with Vertical(id="left"):
                yield LayerList("layers")
                yield DetailsPane("details")
            yield Splitter()
            with Vertical(id="right"):
                yield KindBar()
                yield FilterBar(self.index)
                yield FileTree("tree")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Fill the panes."""
        self.query_one(Tabs).can_focus = False
        layers = self.query_one(LayerList)
        layers.border_title = "Layers"
        self.query_one(DetailsPane).border_title = "Details"
        layers.show_rows(self.layer_items(), self.chosen_layer())
        self._redraw()

    # Parts that the screen of a comparison replaces by its own.

    def title_bar(self) -> Widget:
        """The line at the top."""
        return TitleBar(self.index.analysis)

    def layer_items(self) -> tuple[LayerItem, ...]:
        """The rows of the layers pane."""
        return layer_items(self.index)

    def chosen_layer(self) -> int:
        """The row that is chosen at first."""
        return self.state.layer

    def titles(self) -> tuple[str, str]:
        """The title of the tree, and the meaning of its marks."""
        layer, mode = self.state.layer, self.state.mode
        marks = f"marks: changes of layer {layer}" if mode is Mode.LAYER else "marks: all changes since the base"
        return f"Merged tree after layer {layer}", marks

    def layer_content(self) -> Content:
        """Details of the row that is chosen in the layers pane."""
        return details.layer_details(self.index, self.state.layer)

    def path_content(self, number: int) -> Content:
        """Details of the path that is chosen in the tree."""
        return details.path_details(self.state.view, number)

    # From the state to the panes.

    def _redraw(self, at: int | None = None) -> None:
        """Make the rows anew, with the cursor on path *at* or where it was."""
        state, tree = self.state, self.query_one(FileTree)
        if not self.index.analysis.trees:
            return
        rows = state.rows()
        tree.order, tree.backwards = state.order, state.backwards
        empty = "Nothing here passes the filter." if state.filter else "Nothing of the kinds that are shown."
        tree.show_rows(state.view, rows, at=at, empty=empty)
        self.query_one(KindBar).show(state.counts(), state.hidden)
        self.query_one(FilterBar).show_count(state.found, whole=state.whole)
        self._title(self.query_one("#right"))
        self._show_details()

    def _title(self, pane: Widget) -> None:
        title, marks = self.titles()
        if (pane.border_title, pane.border_subtitle) != (title, marks):
            pane.border_title, pane.border_subtitle = title, marks

    def _show_details(self) -> None:
        """Show details of the layer or of the path, by the pane that has the focus, or had the focus last."""
        if not self.index.analysis.trees:
            return
        pane, tree = self.query_one(DetailsPane), self.query_one(FileTree)
        if self.has_class("-of-path"):
            shown = details.root_details(self.state.view) if tree.current is None else None
            pane.show(shown or self.path_content(tree.current or 0))
        else:
            pane.show(self.layer_content())

    def on_descendant_focus(self) -> None:
        """Let tabs and details follow the focus."""
        focused = self.focused
        pane = focused.id if focused is not None and focused.id in _PANES else None
        if pane in ("layers", "tree"):
            self.set_class(pane == "tree", "-of-path")
            self._show_details()
        if pane or isinstance(focused, FilterInput):
            self._show_tab(pane or "tree")

    def _show_tab(self, pane: str) -> None:
        for name in _PANES:
            self.set_class(name == pane, f"-show-{name}")
        with self.prevent(Tabs.TabActivated):
            self.query_one(Tabs).active = f"tab-{pane}"

    # Messages of the panes.

    @on(LayerList.LayerChosen)
    def _layer_chosen(self, event: LayerList.LayerChosen) -> None:
        self.state.layer = event.layer
        self._redraw()

    @on(FileTree.PathHighlighted)
    def _path_highlighted(self) -> None:
        if self.has_class("-of-path"):
            self._show_details()

    @on(FileTree.Toggled)
    def _directory_toggled(self, event: FileTree.Toggled) -> None:
        self.state.toggle(event.i)
        self._redraw()

    @on(FileTree.FileChosen)
    def _file_chosen(self, event: FileTree.FileChosen) -> None:
        self.app.post_message(LookInto(self.index.paths[event.i], self.state.layer))

    @on(FileTree.SortClicked)
    def _sort_clicked(self, event: FileTree.SortClicked) -> None:
        self.state.backwards = not self.state.backwards if self.state.order is event.order else False
        self.state.order = event.order
        self._redraw()

    @on(KindBar.Clicked)
    def _kind_clicked(self, event: KindBar.Clicked) -> None:
        self.action_toggle_kinds((event.state,))

    @on(Tabs.TabActivated)
    def _tab_activated(self, event: Tabs.TabActivated) -> None:
        if event.tab.id is not None and self.has_class("-narrow") and self.focused is not None:
            self.action_pane(event.tab.id.removeprefix("tab-"))

    # Filtering.

    @on(FilterBar.PathsFound)
    def _filtered(self, event: FilterBar.PathsFound) -> None:
        self.state.set_filter(event.filter, event.found, whole=event.whole)
        self._redraw()

    @on(FilterInput.Left)
    def _filter_left(self) -> None:
        tree = self.query_one(FileTree)
        if self.state.filter is not None:
            found = (number for number, row in enumerate(tree.rows) if self.state.finds(row.i))
            tree.cursor = next(found, tree.cursor)
        self.action_pane("tree")

    def reveal(self, event: Reveal) -> None:
        """Put the cursor on a path after a layer."""
        i = self.index.number(event.path)
        if i is None:
            return
        self.state.layer = event.layer
        layers = self.query_one(LayerList)
        with layers.prevent(LayerList.LayerChosen):
            layers.chosen = event.layer
        self.state.reveal(i)
        if self.state.filter is None:
            self.query_one(FilterBar).clear()
        self._redraw(at=i)
        self.action_pane("tree")

    # Actions.

    def action_next_pane(self, by: int) -> None:
        """Give the next pane the focus, in the order in which the panes stand."""
        focused = self.focused.id if self.focused is not None else None
        at = _PANES.index(focused) if focused in _PANES else 1 - by
        self.action_pane(_PANES[(at + by) % len(_PANES)])

    def action_pane(self, pane: str) -> None:
        """Give *pane* the focus."""
        self._show_tab(pane)
        self.set_focus(self.query_one(f"#{pane}"))

    def action_filter(self) -> None:
        """Type a filter."""
        self._show_tab("tree")
        # At once: the keys that are typed next, or pasted, are meant for the input.
        self.set_focus(self.query_one(FilterInput))

    def action_clear_filter(self) -> None:
        """Show everything again."""
        self.query_one(FilterInput).value = ""

    def action_sort(self) -> None:
        """Sort by the next column."""
        self.state.next_order()
        self._redraw()

    def action_reverse(self) -> None:
        """Sort the other way round."""
        self.state.backwards = not self.state.backwards
        self._redraw()

    def action_sort_by(self, order: str) -> None:
        """Sort by *order*, the name of a TreeOrder."""
        self.state.order, self.state.backwards = TreeOrder[order], False
        self._redraw()

    def action_mode(self, mode: str) -> None:
        """Mark one layer's changes, or all since the base."""
        self.state.mode = Mode[mode]
        self._redraw()

    def action_step_layer(self, by: int) -> None:
        """Another layer, from any pane."""
        self.query_one(LayerList).chosen += by

    def action_toggle_kinds(self, states: tuple[int, ...]) -> None:
        """Show or hide kinds of changes."""
        self.state.toggle_kinds(frozenset(states))
        self._redraw()

    def action_attributes(self) -> None:
        """Show or hide mode and owner."""
        tree = self.query_one(FileTree)
        tree.attributes = not tree.attributes

    def action_fold_all(self) -> None:
        """Close all directories, or open all."""
        self.state.toggle_all()
        self._redraw()

    def action_save(self) -> None:
        """Save the file or directory under the cursor."""
        self._ask(SaveAs)

    def action_compare(self) -> None:
        """Compare versions of the file under the cursor."""
        self._ask(CompareVersions)

    def action_copy_path(self) -> None:
        """Copy the path under the cursor."""
        self._ask(CopyPath)

    def action_copy_command(self) -> None:
        """Copy the command that shows the path under the cursor."""
        self._ask(CopyCommand)

    def _ask(self, message: type[SaveAs | CompareVersions | CopyPath | CopyCommand]) -> None:
        i = self.query_one(FileTree).current
        if i is not None:
            self.app.post_message(message(self.index.paths[i], self.state.layer))
