"""The text of the details pane: of a layer, or of a path."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from ocianalyze.analysis.union.changes import Aspect, Change
from ocianalyze.analysis.union.tree import FileNode
from ocianalyze.analysis.waste.waste import WasteCause
from ocianalyze.model.image import Layer
from ocianalyze.report import words
from ocianalyze.tui.looks.states import COLOUR, GLYPH, WORD
from ocianalyze.tui.looks.text import field, hanging, heading, kind_mark, layer_text, lines, plain
from ocianalyze.tui.viewmodel.layers import LayerSums
from ocianalyze.tui.viewmodel.paths import ABSENT, PLAIN, REMOVED, ROOT, STATE_OF, PathIndex
from ocianalyze.tui.viewmodel.view import View

_COMMAND = 92
"""Cells of a command beside each change of a path; the details of the layer have the whole command."""
CAUSE_TEXT = {
    WasteCause.OVERWRITTEN: "overwritten",
    WasteCause.METADATA_ONLY: "copied for its metadata",
    WasteCause.DELETED: "deleted",
    WasteCause.OPAQUE: "hidden by an opaque directory",
    WasteCause.REPLACED: "replaced by another type",
    WasteCause.DUPLICATE_ENTRY: "stored twice in one layer",
}
_ASPECT_TEXT = {
    Aspect.CONTENT: "content",
    Aspect.MODE: "mode",
    Aspect.OWNER: "owner",
    Aspect.MTIME: "mtime",
    Aspect.LINK: "target",
    Aspect.XATTRS: "xattrs",
}
_TYPE_TEXT = {
    "file": "file",
    "dir": "directory",
    "symlink": "symbolic link",
    "char": "character device",
    "block": "block device",
    "fifo": "named pipe",
}


def layer_details(index: PathIndex, at: int) -> Content:
    """All that the archive records of a layer, and the changes of the layer."""
    layer = index.analysis.image.layers[at]
    sums = index.sums[at]
    parts = [heading(f"Layer {at}"), _command(layer), Content("")]
    parts += _stored(layer, sums)
    parts += [Content(""), heading("Changes"), *_changes(sums)]
    if sums.wasted or sums.hidden:
        parts += [Content(""), heading("Waste")]
    if sums.wasted:
        parts.append(field("Stored here", Content.styled(words.size(sums.wasted), "$text-error"), 14))
    if sums.hidden:
        parts.append(field("Hidden here", Content.styled(words.size(sums.hidden), "$text-error"), 14))
    parts += [Content(""), heading("Digests"), *_digests(layer)]
    return lines(parts)


def _command(layer: Layer) -> Content:
    text = layer_text(layer)
    parts = text.replace(" && ", "\n  && ").replace(" ; ", " ;\n  ").split("\n")
    return lines(hanging(Content(part), 5 if part.startswith("  && ") else 2) for part in parts)


def _stored(layer: Layer, sums: LayerSums) -> Iterator[Content]:
    history = layer.history
    if history is not None and (created := words.moment(history.created)):
        yield field("Created", created)
    if history is not None and history.author:
        yield field("Author", history.author)
    if history is not None and history.comment:
        yield field("Comment", history.comment)
    yield field("Files", f"{words.size(sums.size)} in {words.counted(len(layer.entries), 'entry', 'entries')}")
    yield field("Tar", words.size(layer.tar_size))
    packed = f", {words.percent(layer.blob_size / layer.tar_size)} of the tar" if layer.tar_size else ""
    compressed = f" ({layer.compression}{packed})" if layer.compression != "none" else " (not compressed)"
    yield field("Blob", words.size(layer.blob_size) + compressed)
    if layer.media_type:
        yield field("Media type", layer.media_type)
    if layer.missing:
        yield Content.styled("The archive lacks this layer's blob.", "$text-error")


def _changes(sums: LayerSums) -> Iterator[Content]:
    for kind, (count, delta) in sums.changes.items():
        state = STATE_OF[kind]
        mark = Content.styled(f"{GLYPH[state]} {WORD[state]}".ljust(14), COLOUR[state])
        grown = f"  {words.signed_size(delta)}" if delta else ""
        yield Content.assemble(mark, words.number(count).rjust(8), (grown, "$text-muted"))
    if not sums.changes:
        yield Content.styled("none", "$text-muted")


def _digests(layer: Layer) -> Iterator[Content]:
    if layer.digest:
        yield field("Blob", str(layer.digest))
    yield field("Diff ID", str(layer.diff_id))
    yield field("Chain ID", str(layer.chain_id))


def path_details(view: View, i: int) -> Content:
    """Every field of a path in a view, and the layers that wrote, changed or deleted it."""
    index, node, state = view.index, view.node(i), view.states[i]
    history = index.history(index.paths[i])
    parts = [plain(index.name(i) or "/", "bold $text-accent")]
    if state == REMOVED:
        parts.append(_removed_by(index, view.layer, history))
    elif state > PLAIN:
        parts.append(kind_mark(state))
    parts += [Content(""), heading("Layers"), _strip(index, history), *_events(index, history)]
    parts += [Content(""), heading("Header"), *_fields(view, i, node)]
    below = view.count_below(i)
    if sum(below.values()):
        parts += [Content(""), heading("Inside"), *_inside(below)]
    if path := index.wasted_paths.get(index.paths[i]):
        parts += [Content(""), heading("Waste")]
        for copy in path.copies:
            text = f" of layer {copy.written_by}, {CAUSE_TEXT[copy.cause]} in layer {copy.killed_by}"
            parts.append(Content.assemble((words.size(copy.size), "$text-error"), text))
    return lines(parts)


def _removed_by(index: PathIndex, layer: int, history: list[Change]) -> Content:
    """The layer that removed the path, and its command."""
    remover = next((c.layer for c in reversed(history) if c.layer <= layer and c.after is None), layer)
    command = layer_text(index.analysis.image.layers[remover])
    return Content.assemble(
        (f"{GLYPH[REMOVED]} killed by layer {remover}: ", f"bold {COLOUR[REMOVED]}"), (command, COLOUR[REMOVED])
    )


def _fields(view: View, i: int, node: FileNode | None) -> Iterator[Content]:
    entry = node.entry if node else None
    yield field("Path", "/" + view.index.paths[i])
    yield field("Type", _TYPE_TEXT[node.kind.value] if node else "directory")
    size = view.size(i)
    if node is None or node.children is not None or node.kind.value == "file":
        yield field("Size", words.size(size) + (f" ({words.exact_size(size)})" if size >= 1000 else ""))
    if entry is None:
        yield field("Header", "none: no layer stores this directory itself")
        return
    yield field("Mode", f"{words.mode(entry)}  {entry.octal_mode}")
    names = f"  {entry.uname or '?'}:{entry.gname or '?'}" if entry.uname or entry.gname else ""
    yield field("Owner", f"{entry.uid}:{entry.gid}{names}")
    yield field("Modified", f"{words.clock(entry.mtime_ns)} UTC")
    if entry.link_target and entry.kind.value == "symlink":
        yield field("Target", entry.link_target)
    if entry.device is not None:
        yield field("Device", "{}, {}".format(*entry.device))
    for name, value in entry.xattrs:
        yield field("Xattr", f"{name} = {value[:64].hex()}{'…' if len(value) > 64 else ''}")
    if node is not None and node.stored_at is not None:
        yield field("Stored in", f"layer {node.stored_at.layer}, entry {words.number(node.stored_at.ordinal)}")
        others = view.index.linked.get(node.stored_at, ()) if node.children is None else ()
        for other in others:
            if other != i and view.states[other] not in (ABSENT, REMOVED):
                yield field("Same file", "/" + view.index.paths[other])
        if entry.content:
            algorithm = view.index.analysis.image.layers[node.stored_at.layer].content_algorithm
            yield field(algorithm.upper(), entry.content.hex())


def _inside(below: dict[int, int]) -> Iterator[Content]:
    for state, count in below.items():
        if count:
            mark = Content.styled(f"{GLYPH[state]} {WORD[state]}".ljust(14), COLOUR[state])
            yield Content.assemble(mark, words.number(count).rjust(8))


def _strip(index: PathIndex, history: list[Change]) -> Content:
    """One cell a layer: the change of the path, `─` for none while the path exists, `·` for none before and after."""
    marks = {change.layer: change for change in history}
    cells: list[tuple[str, str]] = []
    there = False
    for layer in range(len(index.analysis.image.layers)):
        change = marks.get(layer)
        if change is None:
            cells.append(("─" if there else "·", "$text-muted"))
            continue
        state = STATE_OF[change.kind]
        there = change.after is not None
        cells.append((GLYPH[state], f"bold {COLOUR[state]}"))
    return Content.assemble(*cells)


def _events(index: PathIndex, history: list[Change]) -> Iterator[Content]:
    for change in history:
        state = STATE_OF[change.kind]
        aspects = ", ".join(text for aspect, text in _ASPECT_TEXT.items() if aspect in change.aspects)
        size = words.size(change.size_after) if change.after and change.after.kind.value == "file" else ""
        command = layer_text(index.analysis.image.layers[change.layer])
        yield Content.assemble(
            (f"{change.layer:>3} ", "$text-muted"),
            (f"{GLYPH[state]} {WORD[state]}", COLOUR[state]),
            (f" ({aspects})" if aspects else "", COLOUR[state]),
            (f"  {size}" if size else "", "$foreground"),
        )
        yield hanging(Content.styled(f"    {words.cut(command, _COMMAND)}", "$text-muted"), 4)
    if not history:
        yield Content.styled("only implied by what is below it", "$text-muted")


def root_details(view: View) -> Content:
    """The text of the pane when the cursor is on no path."""
    below = view.count_below(ROOT)
    return lines([heading("Merged file system"), field("Size", words.size(view.size(ROOT))), *_inside(below)])
