"""Every action of the widgets on screen, for the command palette."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.binding import Binding
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.dom import DOMNode
from textual.widget import Widget

from ocianalyze.tui.keys import our_bindings


class BindingCommands(Provider):
    """The bindings of the app, of the screen and of its panes, by the action of each."""

    def _commands(self) -> Iterator[tuple[str, DOMNode, Binding]]:
        seen: set[str] = set()
        panes = [node for node in self.screen.walk_children(Widget) if node.can_focus]
        for node in (self.screen, self.app, *panes):
            for owner in type(node).__mro__:
                for binding in our_bindings(owner) if issubclass(owner, DOMNode) else ():
                    text = binding.tooltip or binding.description
                    if text not in seen and not text.startswith("One "):
                        seen.add(text)
                        yield text, node, binding

    async def discover(self) -> Hits:
        """All bindings."""
        for text, node, binding in self._commands():
            yield DiscoveryHit(text, partial(self._run, node, binding), help=self._keys(binding))

    async def search(self, query: str) -> Hits:
        """The bindings that match *query*."""
        matcher = self.matcher(query)
        for text, node, binding in self._commands():
            if (score := matcher.match(text)) > 0:
                yield Hit(score, matcher.highlight(text), partial(self._run, node, binding), help=self._keys(binding))

    def _keys(self, binding: Binding) -> str:
        return " ".join(self.app.get_key_display(Binding(key, "")) for key in binding.key.split(","))

    async def _run(self, node: DOMNode, binding: Binding) -> None:
        await self.app.run_action(binding.action, node)
