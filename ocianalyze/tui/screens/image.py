"""The image screen: config, history with the steps that made no layer, notices, efficiency."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Footer

from ocianalyze.model.documents import Healthcheck, Runtime
from ocianalyze.model.instruction import instruction
from ocianalyze.report import words
from ocianalyze.report.compose.attached import attached_row
from ocianalyze.report.highlights import attached_words
from ocianalyze.tui.looks.text import field, hanging, heading, lines, plain
from ocianalyze.tui.screens.base import SideScreen
from ocianalyze.tui.viewmodel.paths import PathIndex
from ocianalyze.tui.widgets.details_pane import DetailsPane
from ocianalyze.tui.widgets.title_bar import TitleBar


class ImageScreen(SideScreen):
    """Three panes of text."""

    def __init__(self, index: PathIndex) -> None:
        super().__init__(index, "image")

    def compose(self) -> ComposeResult:
        """Title, panes, keys."""
        yield TitleBar(self.index.analysis)
        with Horizontal(id="image-panes"):
            yield DetailsPane("image-config")
            yield DetailsPane("image-history")
        yield DetailsPane("image-notices")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Fill the panes."""
        self._fill("image-config", "Image", lines(_identity(self.index)))
        steps = self.index.analysis.image.history
        self._fill("image-history", f"History: {words.counted(len(steps), 'step')}", lines(_history(self.index)))
        notices = self.index.analysis.notices
        title = words.counted(len(notices), "notice") if notices else "Notices"
        self._fill("image-notices", title, lines(_notices(self.index)))

    def _fill(self, pane_id: str, title: str, content: Content) -> None:
        pane = self.query_one(f"#{pane_id}", DetailsPane)
        pane.border_title = title
        pane.show(content)


def _identity(index: PathIndex) -> Iterator[Content]:
    analysis = index.analysis
    image, waste = analysis.image, analysis.waste
    for name in image.names or ("(none)",):
        yield field("Name", name)
    yield field("Platform", str(image.platform))
    yield field("Archive", f"{image.source} ({image.layout}, {words.size(image.archive_size)})")
    if image.digest:
        yield field("Digest", str(image.digest))
    if image.config_digest:
        yield field("Config", str(image.config_digest))
    if created := words.moment(image.config.created):
        yield field("Created", created)
    if image.config.author:
        yield field("Author", image.config.author)
    for artifact in image.attached:
        yield field("Attached", f"{attached_words([attached_row(artifact)])}  {artifact.digest}")
    yield Content("")
    yield heading("Efficiency")
    yield field("Stored", words.size(waste.stored))
    yield field("Live", words.size(waste.live))
    yield field("Wasted", Content.styled(words.size(waste.wasted), "$text-error" if waste.wasted else ""))
    yield field("Efficiency", words.efficiency(waste.efficiency, image.missing_layers))
    ratio = words.percent(waste.user_wasted_ratio)
    yield field("Above base", f"{words.size(waste.user_wasted)} wasted, {ratio} of what is stored there")
    yield from _runtime(image.config.runtime)
    if image.annotations:
        yield from _table("Annotations", dict(image.annotations))


def _runtime(runtime: Runtime | None) -> Iterator[Content]:
    if runtime is None:
        return
    yield Content("")
    yield heading("Runs as")
    for label, value in (
        ("Entrypoint", runtime.entrypoint),
        ("Cmd", runtime.cmd),
        ("Shell", runtime.shell),
        ("User", runtime.user),
        ("Workdir", runtime.working_dir),
        ("Stop signal", runtime.stop_signal),
    ):
        if value:
            yield field(label, value if isinstance(value, str) else _quoted(value), 12)
    for label, names in (("Ports", runtime.exposed_ports), ("Volumes", runtime.volumes)):
        if names:
            yield field(label, ", ".join(names), 12)
    if runtime.healthcheck:
        yield field("Healthcheck", _health(runtime.healthcheck), 12)
    for line in runtime.on_build or ():
        yield field("On build", line, 12)
    if runtime.env:
        yield from _table("Environment", dict(item.partition("=")[::2] for item in runtime.env))
    if runtime.labels:
        yield from _table("Labels", runtime.labels)


def _table(title: str, values: Mapping[str, str | None]) -> Iterator[Content]:
    yield Content("")
    yield heading(title)
    for name, value in values.items():
        pair = Content.assemble((words.safe_name(name), "$text-secondary"), ("=", "$text-muted"), plain(value or ""))
        yield hanging(pair, 2)


def _quoted(parts: list[str]) -> str:
    return "[" + ", ".join(f'"{part}"' for part in parts) + "]"


def _health(check: Healthcheck) -> str:
    test = check.test or []
    command = " ".join(test[1:] if test[:1] in (["CMD"], ["CMD-SHELL"]) else test)
    return command + (f" (every {check.interval / 1e9:g} s)" if check.interval else "")


def _history(index: PathIndex) -> Iterator[Content]:
    for step in index.analysis.image.history:
        number = "   ·" if step.layer is None else f"{step.layer:>4}"
        size = "" if step.layer is None else words.size(index.sums[step.layer].size)
        text = words.safe_name(instruction(step.history)) or "(nothing recorded)"
        tone = "$text-muted" if step.layer is None else "$foreground"
        step_line = Content.assemble((number, "$text-accent"), (f" {size:>9}  ", "$text-muted"), (text, tone))
        yield hanging(step_line, 16)


def _notices(index: PathIndex) -> Iterator[Content]:
    for notice in index.analysis.notices:
        where = "" if notice.layer is None else f"layer {notice.layer}: "
        path = f"/{words.safe_name(notice.path)}: " if notice.path is not None else ""
        yield Content.assemble((f"{where}{path}", "$text-warning"), plain(notice.message))
    if not index.analysis.notices:
        yield Content.styled("Nothing odd about this image.", "$text-success")
