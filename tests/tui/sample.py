"""The small image that the screens' tests look at, and an app that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Self

from ocianalyze.analysis.union.analyze import Analysis, analyze
from ocianalyze.layers.reader import Piece
from ocianalyze.model.documents import Runtime
from ocianalyze.model.entry import Entry
from ocianalyze.model.image import Image
from ocianalyze.tui.app import OcianalyzeApp
from ocianalyze.tui.contents.source import ContentSource
from ocianalyze.tui.screens.explore import ExploreScreen
from ocianalyze.tui.widgets.file_tree import FileTree
from tests.builders import build_image, directory, file, hardlink, layer, opaque, symlink, whiteout

EVIL = "srv/[bold red]evil[/nope]\x1b[31m\u202egnp.sh"

BASE = layer(
    directory("etc"),
    file("etc/hostname", b"example\n"),
    file("etc/passwd", b"root:x:0:0:root:/root:/bin/sh\n"),
    directory("usr"),
    *(file(f"usr/bin/tool{n:02}", 1000 * (n + 1), mode=0o755) for n in range(60)),
    file("usr/bin/su", 500, mode=0o4755),
    symlink("lib", "usr/lib"),
)
APT = layer(
    *(file(f"var/cache/apt/pkg{n}.deb", 100_000 + n) for n in range(5)),
    file("etc/passwd", b"root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/srv:/bin/sh\n"),
    file("usr/bin/python", 700_000, mode=0o755),
    file("srv/three", 90),
)
APP = layer(
    file("srv/app.py", b"print('one')\n", uid=1000, gid=1000),
    file("srv/bundle.js", 200_000, uid=1000, gid=1000),
    hardlink("srv/bundle.min.js", "srv/bundle.js"),
    file("srv/cache/old.bin", 5_000),
    file("srv/three", 100),
    file(EVIL, b"echo\n"),
)
CLEAN = layer(
    whiteout("var/cache/apt"),
    opaque("srv/cache"),
    file("srv/cache/new.bin", 10),
    file("srv/three", 110),
    file("srv/app.py", b"print('two')\n", uid=1000, gid=1000),
    file("etc/hostname", b"example\n"),
    file("usr/bin/su", 500, mode=0o755),
    symlink("usr/bin/python", "/opt/python"),
)
COMMANDS = (
    "ADD rootfs.tar /",
    "RUN apt-get update && apt-get install -y python3",
    "COPY app /srv",
    "RUN rm -rf /var/cache/apt && chmod u-s /usr/bin/su",
)


@cache
def sample() -> Analysis:
    """Four layers with every kind of change."""
    runtime = Runtime(
        env=["PATH=/usr/bin:/bin", "TOKEN=[red]"],
        entrypoint=["/usr/bin/python", "/srv/app.py"],
        user="app",
        exposed_ports={"8080/tcp": {}},
        labels={"maintainer": "someone"},
    )
    return analyze(build_image(BASE, APT, APP, CLEAN, created_by=COMMANDS, runtime=runtime))


class MadeUp:
    """Contents that name their path and layer in every line."""

    def read(self, layer: int, entry: Entry, *, start: int = 0, length: int | None = None) -> bytes:
        line = f"line of {entry.path} from layer {layer}\n".encode("utf-8", "surrogateescape")
        whole = (line * (entry.size // len(line) + 1))[: entry.size]
        return whole[start:] if length is None else whole[start : start + length]

    def in_order(self, layer: int, entries: Iterable[Entry]) -> Iterator[tuple[Entry, Iterator[Piece]]]:
        for entry in entries:
            yield entry, iter([Piece(0, self.read(layer, entry))] if entry.size else [])


class Shown:
    """An image that was made and not opened, as the screens browse one."""

    def __init__(self, analysis: Analysis, contents: ContentSource | None = None) -> None:
        self.analysis = analysis
        self.contents: ContentSource = contents or MadeUp()
        self.closed = False

    def close(self) -> None:
        self.closed = True

    @property
    def image(self) -> Image:
        return self.analysis.image

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def sample_app() -> OcianalyzeApp:
    return OcianalyzeApp(Shown(sample()))


def explore(app: OcianalyzeApp) -> ExploreScreen:
    """The main screen."""
    screen = app.get_screen("explore")
    assert isinstance(screen, ExploreScreen)
    return screen


def names(app: OcianalyzeApp) -> list[str]:
    """The paths of the tree's rows, top to bottom."""
    tree = explore(app).query_one(FileTree)
    return [explore(app).index.paths[row.i] for row in tree.rows]


def current(app: OcianalyzeApp) -> str:
    """The path under the tree's cursor."""
    screen = explore(app)
    i = screen.query_one(FileTree).current
    assert i is not None
    return screen.index.paths[i]
