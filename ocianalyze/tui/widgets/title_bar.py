"""The line at the top: which image this is, and what it weighs."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from ocianalyze.analysis.analyze import Analysis
from ocianalyze.report import words


class TitleBar(Static):
    """Name, platform, size and efficiency of the image."""

    def __init__(self, analysis: Analysis) -> None:
        super().__init__()
        image, waste = analysis.image, analysis.waste
        name = words.safe_name(image.names[0] if image.names else image.source)
        wasted = f"{words.size(waste.wasted)} wasted" if waste.wasted else "nothing wasted"
        self._content = Content.assemble(
            (" ocianalyze ", "bold $background on $primary"),
            (f" {words.cut(name, 50)} ", "bold $foreground"),
            (f" {image.platform} ", "$text-muted"),
            ("│", "$text-disabled"),
            (f" {words.counted(len(image.layers), 'layer')}, {words.size(waste.stored)} stored ", "$foreground"),
            ("│", "$text-disabled"),
            (f" {words.percent(waste.efficiency)} efficient ", "$text-success"),
            ("│", "$text-disabled"),
            (f" {wasted}", "$text-error" if waste.wasted else "$text-success"),
        )

    def on_mount(self) -> None:
        """Draw it."""
        self.update(self._content)
