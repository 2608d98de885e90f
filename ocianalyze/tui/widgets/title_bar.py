"""The line at the top: the name and the size of the image."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.widgets import Static

from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.report import words

RULE = ("│", "$text-disabled")
BRAND = (" ocianalyze ", "bold $background on $primary")


class TitleBar(Static):
    """Name, platform, size and efficiency of the image; on a narrow terminal, fewer words."""

    def __init__(self, analysis: Analysis) -> None:
        super().__init__()
        self._analysis = analysis

    def on_resize(self, event: events.Resize) -> None:
        """The longest line that there is room for."""
        for content in self.lengths():
            if content.cell_length <= event.size.width:
                break
        self.update(content)

    def lengths(self) -> list[Content]:
        """The texts of the title, the longest first."""
        return [self._line(50, brief=False), self._line(30, brief=True), self._line(20, brief=True)]

    def _line(self, longest: int, *, brief: bool) -> Content:
        image, waste = self._analysis.image, self._analysis.waste
        name = words.safe_name(image.names[0] if image.names else image.source)
        wasted = f"{words.size(waste.wasted)} wasted" if waste.wasted else "nothing wasted"
        missing = image.missing_layers
        efficient = f"{words.percent(waste.efficiency)}{'' if brief else ' efficient'}"
        stored = f"{words.size(waste.stored)}{'' if brief else ' stored'}"
        return Content.assemble(
            BRAND,
            (f" {words.cut(name, longest)} ", "bold $foreground"),
            *([] if brief else [(f" {image.platform} ", "$text-muted")]),
            RULE,
            (f" {words.counted(len(image.layers), 'layer')}, {stored} ", "$foreground"),
            RULE,
            *(
                [(f" {words.are_missing(missing)}", "$text-error")]
                if missing
                else [
                    (f" {efficient} ", "$text-success"),
                    RULE,
                    (f" {wasted}", "$text-error" if waste.wasted else "$text-success"),
                ]
            ),
        )
