"""The part of the tree that a person has chosen to see, and its rows."""

from __future__ import annotations

from ocianalyze.tui.viewmodel.filters import Filter
from ocianalyze.tui.viewmodel.path_terms import Mask
from ocianalyze.tui.viewmodel.paths import PLAIN, REMOVED, ROOT
from ocianalyze.tui.viewmodel.rows import TreeOrder, TreeRow, flatten
from ocianalyze.tui.viewmodel.view import Mode, View, Views, both, mask_of

OPENED_BY_FILTER = 2_000
"""A filter that finds at most this many paths opens the directories that lead to them."""


class TreeState:
    """Layer, mode, hidden kinds, filter, order and open directories. One for the life of the explore screen."""

    def __init__(self, views: Views, layer: int) -> None:
        self.views = views
        self.layer = layer
        self.mode = Mode.LAYER
        self.hidden: frozenset[int] = frozenset()
        self.order = TreeOrder.SIZE
        self.backwards = False
        self.filter: Filter | None = None
        self.whole = True
        """Whether the search of the filter is over."""
        self._found: Mask = b""
        self._passed: tuple[View, Mask] | None = None
        """The latest view, and the paths of it that pass the filter."""
        self._open: set[int] = set()
        self._open_all = False
        self._closed_in_filter: set[int] = set()
        self._shown = bytearray()

    @property
    def view(self) -> View:
        """The view that is looked at."""
        return self.views.get(self.layer, self.mode)

    @property
    def found(self) -> int | None:
        """How many paths the filter finds in the view; None without a filter."""
        return self._shown.count(1) if self.filter is not None else None

    def finds(self, i: int) -> bool:
        """Whether the filter finds path *i* itself, not only a path below."""
        return bool(self._shown[i])

    def set_filter(self, filter_: Filter | None, found: Mask, *, whole: bool = True) -> None:
        """Show only the paths *found*, as far as they pass the filter's other tests."""
        self.filter = filter_
        self.whole = whole
        self._found = found
        self._passed = None
        self._closed_in_filter = set()

    def rows(self) -> list[TreeRow]:
        """The rows to draw."""
        view = self.view
        self._shown = self._mask(view)
        opened = self.filter is not None and self._shown.count(1) <= OPENED_BY_FILTER
        return flatten(
            view,
            self._shown,
            self._closed_in_filter if opened else self._open,
            self.order,
            backwards=self.backwards,
            open_all=opened or self._open_all,
        )

    def toggle(self, i: int) -> None:
        """Open directory *i*, or close an open one."""
        opened = self.filter is not None and self._shown.count(1) <= OPENED_BY_FILTER
        chosen = self._closed_in_filter if opened else self._open
        chosen.symmetric_difference_update({i})

    def toggle_all(self) -> None:
        """Close everything, or open everything when all is closed."""
        anything_open = self._open_all or bool(self._open)
        self._open_all = not anything_open
        self._open = set()
        self._closed_in_filter = set()

    def toggle_kinds(self, states: frozenset[int]) -> None:
        """Hide these kinds, or show them if any of them is hidden."""
        self.hidden = self.hidden - states if self.hidden & states else self.hidden | states

    def next_order(self) -> None:
        """Sort by the next order."""
        orders = list(TreeOrder)
        self.order = orders[(orders.index(self.order) + 1) % len(orders)]
        self.backwards = False

    def reveal(self, i: int) -> None:
        """Open the directories above path *i*, and drop a filter or a hidden kind that would hide the path."""
        if self.view.states[i] in self.hidden:
            self.hidden -= {self.view.states[i]}
        if self.filter is not None and not self._mask(self.view)[i]:
            self.set_filter(None, b"")
        above = set(self.view.index.ancestors(i))
        if self._open_all:
            self._open -= above
        else:
            self._open |= above
        self._closed_in_filter -= above

    def shown_mask(self) -> bytearray:
        """1 for each path that passes kinds and filter."""
        return self._mask(self.view)

    def counts(self) -> dict[int, int]:
        """How many paths of the whole view are in each state."""
        return self.view.count_below(ROOT)

    def _mask(self, view: View) -> bytearray:
        kinds = frozenset(range(PLAIN, REMOVED + 1)) - self.hidden
        shown = view.states.translate(mask_of(kinds))
        shown[ROOT] = 0
        if self.filter is None:
            return shown
        if self._passed is None or self._passed[0] is not view:
            self._passed = (view, self.filter.mask(view, self._found))
        return both(shown, self._passed[1])
