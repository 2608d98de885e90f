"""The twelve layers of the benchmark image, each a recipe that a seed and a scale turn into tar members.

They look like a web application's image: a base, a toolchain, site-packages, two large node_modules, sources,
a build, a chown layer, a cache that the next layer removes, an upgrade in place.
"""

from __future__ import annotations

import random
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import NamedTuple

from tests.benchmarks.content import Content

MTIME = 1_700_000_000
MEGABYTE = 1_000_000
NODE = "srv/app/node_modules"
WEB = "srv/app/packages/web/node_modules"
CACHE = "root/.npm/_cacache"
SUFFIXES = {
    "text": (".js", ".d.ts", ".json", ".md", ".map", ".py", ".css"),
    "binary": (".node", ".so", ".pyc", ".wasm"),
    "noise": (".png", ".woff2", ".gz"),
}


class Member(NamedTuple):
    """One member of a layer tar, with its content in pieces."""

    header: tarfile.TarInfo
    pieces: list[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One layer. Names follow from `names_seed` alone, so that a layer above can hit the same paths."""

    created_by: str
    seed: int
    names_seed: int
    root: str = ""
    small: int = 0
    """Files of a few kilobytes below `root`, at full scale."""
    kinds: tuple[int, int, int] = (86, 9, 5)
    """Of a hundred small files, how many are text, binary, noise."""
    owner: int = 0
    big: tuple[tuple[str, str, int], ...] = ()
    """Large files: path, kind of content, megabytes at full scale."""
    hard_links: int = 0
    symlinks: int = 0
    whiteouts: tuple[str, ...] = ()
    opaque: tuple[str, ...] = ()
    pruned: tuple[Recipe, int] | None = None
    """Every n-th small file of another recipe gets a whiteout."""


def recipes() -> tuple[Recipe, ...]:
    """The layers, bottom first. Another seed for some of them makes another version of the image."""
    base = Recipe(
        created_by="ADD rootfs.tar.xz /",
        seed=100,
        names_seed=0,
        root="usr/lib",
        small=9_000,
        kinds=(40, 50, 10),
        big=(("usr/lib/libbig.so.1", "binary", 110), ("usr/lib/browser/browser", "binary", 150)),
        hard_links=400,
        symlinks=600,
    )
    toolchain = Recipe(
        created_by="RUN /bin/sh -c install-toolchain",
        seed=101,
        names_seed=1,
        root="opt/toolchain/lib",
        small=12_000,
        kinds=(60, 35, 5),
        big=tuple((f"opt/toolchain/bin/tool-{n}", "binary", 70) for n in range(4)),
        hard_links=300,
    )
    python = Recipe(
        created_by="RUN /bin/sh -c pip install -r requirements.txt",
        seed=102,
        names_seed=2,
        root="usr/local/lib/python3/site-packages",
        small=34_000,
        kinds=(60, 36, 4),
        big=tuple((f"usr/local/lib/python3/native-{n}.so", "binary", 40) for n in range(3)),
    )
    node = Recipe(
        created_by="RUN /bin/sh -c npm ci",
        seed=103,
        names_seed=3,
        root=NODE,
        small=68_000,
        symlinks=1_500,
    )
    web = Recipe(created_by="RUN /bin/sh -c npm ci --workspace web", seed=104, names_seed=4, root=WEB, small=34_000)
    sources = Recipe(created_by="COPY src /srv/app/src", seed=105, names_seed=5, root="srv/app/src", small=6_000)
    dist = Recipe(
        created_by="RUN /bin/sh -c npm run build",
        seed=106,
        names_seed=6,
        root="srv/app/dist",
        small=2_000,
        big=tuple((f"srv/app/dist/bundle-{n}.js", "text", 30) for n in range(3)),
    )
    chown = Recipe(
        created_by="RUN /bin/sh -c chown -R 1000:1000 /srv/app/src",
        seed=105,
        names_seed=5,
        root="srv/app/src",
        small=6_000,
        owner=1000,
    )
    cache = Recipe(
        created_by="RUN /bin/sh -c npm install --global tools",
        seed=108,
        names_seed=8,
        root=CACHE,
        small=12_000,
        kinds=(15, 5, 80),
    )
    cleaning = Recipe(
        created_by="RUN /bin/sh -c rm -rf /root/.npm && prune && npm run build",
        seed=109,
        names_seed=9,
        root="srv/app/dist",
        small=1_500,
        whiteouts=("root/.npm",),
        opaque=("srv/app/dist",),
        pruned=(node, 35),
    )
    upgrade = Recipe(
        created_by="RUN /bin/sh -c npm update",
        seed=110,
        names_seed=3,
        root=NODE,
        small=15_000,
        big=(("opt/toolchain/bin/tool-0", "binary", 70),),
    )
    settings = Recipe(created_by="COPY etc /etc", seed=111, names_seed=11, root="etc/app", small=500)
    return (
        *(base, toolchain, python, node, web, sources),
        *(dist, chown, cache, cleaning, upgrade, settings),
    )


def members(recipe: Recipe, content: Content, scale: float) -> Iterator[Member]:
    """The members of the layer, each directory before what is in it."""
    rng = random.Random(recipe.seed)
    seen: set[str] = set()
    for path in recipe.opaque:
        yield from _with_parents(path + "/.wh..wh..opq", seen, recipe.owner)
    for path in recipe.whiteouts:
        parent, _, name = path.rpartition("/")
        yield from _with_parents(f"{parent}/.wh.{name}", seen, 0)
    if recipe.pruned:
        lower, step = recipe.pruned
        for path, _ in list(small_files(lower, scale))[::step]:
            parent, _, name = path.rpartition("/")
            yield from _with_parents(f"{parent}/.wh.{name}", seen, 0)
    for path, kind, megabytes in recipe.big:
        size = int(megabytes * MEGABYTE * scale)
        yield from _with_parents(path, seen, recipe.owner, content.cut(rng, kind, size), mode=0o755)
    for path, kind in small_files(recipe, scale):
        size = min(2 * MEGABYTE, int(rng.lognormvariate(7.6, 1.63)))
        title = f"// {path} {recipe.seed}\n".encode() if kind == "text" else b""
        yield from _with_parents(path, seen, recipe.owner, [title, *content.cut(rng, kind, size)])
    yield from _links(recipe, scale, seen)


def small_files(recipe: Recipe, scale: float) -> Iterator[tuple[str, str]]:
    """Path and kind of each small file: packages of some dozen files, a few of them nested in others."""
    rng = random.Random(recipe.names_seed)
    left = int(recipe.small * scale)
    package = 0
    while left > 0:
        package += 1
        home = f"{recipe.root}/{_name(rng)}-{package}"
        if package % 9 == 0:
            home += f"/node_modules/@{_name(rng)}/{_name(rng)}-{_name(rng)}"
        folders = [home, *(f"{home}/{_name(rng)}" for _ in range(rng.randint(0, 3)))]
        folders += [f"{folders[-1]}/{_name(rng)}/internal" for _ in range(rng.randint(0, 2))]
        for number in range(min(left, rng.randint(4, 60))):
            (kind,) = rng.choices(("text", "binary", "noise"), weights=recipe.kinds)
            suffix = rng.choice(SUFFIXES[kind])
            yield f"{rng.choice(folders)}/{_name(rng)}{number}{suffix}", kind
            left -= 1


def _links(recipe: Recipe, scale: float, seen: set[str]) -> Iterator[Member]:
    """Hard links to one more small file, and symbolic links beside it."""
    count = int(recipe.hard_links * scale)
    first = f"{recipe.root}/multicall"
    if count:
        yield from _with_parents(first, seen, recipe.owner, [b"\x7fELF" * 100_000], mode=0o755)
    for number in range(count):
        (link,) = _with_parents(f"{recipe.root}/multicall-{number}", seen, recipe.owner)
        link.header.type, link.header.linkname = tarfile.LNKTYPE, first
        yield link
    for number in range(int(recipe.symlinks * scale)):
        *parents, link = _with_parents(f"{recipe.root}/.bin/tool-{number}", seen, recipe.owner)
        link.header.type, link.header.linkname = tarfile.SYMTYPE, f"../package-{number}/cli.js"
        yield from (*parents, link)


def _with_parents(
    path: str, seen: set[str], owner: int, pieces: list[bytes] | None = None, mode: int = 0o644
) -> Iterator[Member]:
    """A file, after those of its directories that the layer does not have yet."""
    missing = []
    parent = PurePosixPath(path).parent
    while (name := str(parent)) not in seen and name != ".":
        seen.add(name)
        missing.append(name)
        parent = parent.parent
    for name in reversed(missing):
        yield Member(_header(name, tarfile.DIRTYPE, 0o755, owner, 0), [])
    pieces = pieces or []
    yield Member(_header(path, tarfile.REGTYPE, mode, owner, sum(map(len, pieces))), pieces)


def _header(path: str, kind: bytes, mode: int, owner: int, size: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(path)
    header.type, header.mode, header.uid, header.gid, header.size = kind, mode, owner, owner, size
    header.mtime = MTIME + len(path)
    return header


def _name(rng: random.Random) -> str:
    return "".join(rng.choices("abcdefghijklmnoprstuvw", k=rng.randint(3, 10)))
