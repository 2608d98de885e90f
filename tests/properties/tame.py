"""Random stacks of layers that a runtime can unpack: every entry builds on what is there when its turn comes."""

from __future__ import annotations

from hypothesis import strategies as st

from ocianalyze.model.entry import Entry, EntryKind
from tests.builders import char_device, directory, fifo, file, hardlink, opaque, symlink, whiteout
from tests.properties import twin
from tests.properties.stacks import contents, modes, names, owners, times

Layer = tuple[Entry, ...]

KINDS = ("file", "file", "file", "directory", "directory", "symlink", "hardlink", "hardlink", "special")


@st.composite
def tame_stacks(draw: st.DrawFn) -> tuple[Layer, ...]:
    """One to five layers. Markers stand anywhere in their layer; its other entries know of all of them."""
    tree: twin.Paths = {"": twin.Inode(None, None)}
    stack: list[Layer] = []
    for index in range(draw(st.integers(1, 5))):
        markers = draw_markers(draw, tree)
        entries: list[Entry] = []
        for _ in range(draw(st.integers(1, 6))):
            upper = twin.apply(tree, index, markers + entries)
            entry = draw_entry(draw, tree, upper)
            if entry is not None and not leads_markers_away(upper, markers, entry):
                entries.append(entry)
        for marker in markers:
            entries.insert(draw(st.integers(0, len(entries))), marker)
        stack.append(tuple(entries))
        tree = twin.apply(tree, index, entries)
    return tuple(stack)


def draw_markers(draw: st.DrawFn, lower: twin.Paths) -> list[Entry]:
    """Up to three markers, in directories that are there; a whiteout may hide nothing."""
    there = sorted(path for path in lower if path)
    if not there:
        return []
    folders = [path for path in there if lower[path].kind is EntryKind.DIRECTORY]
    hiding = st.builds(whiteout, st.sampled_from(there))
    if folders:
        hiding |= st.builds(opaque, st.sampled_from(folders))
        hiding |= st.builds(whiteout, st.builds(twin.join, st.sampled_from(folders), names))
    return draw(st.lists(hiding, max_size=3))


def draw_entry(draw: st.DrawFn, lower: twin.Paths, upper: twin.Paths) -> Entry | None:
    """An entry of any kind but a marker; None when a hard link finds nothing to link to."""
    making = draw(st.sampled_from(KINDS))
    path = twin.join(draw(st.sampled_from(sorted(directories(upper)))), draw(names))
    if real_path(upper, path) not in {*upper, *lower} and draw(st.booleans()):
        path = twin.join(path, draw(names))  # in a directory that no entry announces
    if making == "file":
        return file(path, draw(contents), mode=draw(modes), uid=draw(owners), gid=draw(owners), mtime_ns=draw(times))
    if making == "directory":
        return directory(path, mode=draw(modes), uid=draw(owners), mtime_ns=draw(times))
    if making == "symlink":
        return symlink(path, draw(link_targets(upper)))
    if making == "special":
        return draw(st.sampled_from([fifo(path), char_device(path, 1, 3)]))
    here = real_path(upper, path)
    files = [each for each, inode in upper.items() if inode.kind is EntryKind.FILE]
    targets = [each for each in files if not f"{each}/".startswith(f"{here}/")]  # the link would replace those
    if not targets:
        return None
    target = draw(st.sampled_from(targets))
    inode = upper[target].entry
    assert inode is not None
    # A tar repeats the header of the inode for each of its names.
    return hardlink(path, target)._replace(mode=inode.mode, uid=inode.uid, gid=inode.gid, mtime_ns=inode.mtime_ns)


def leads_markers_away(upper: twin.Paths, markers: list[Entry], entry: Entry) -> bool:
    """Whether *entry* is a link on the way to one of *markers*, which an unpacker in tar order would follow."""
    path = real_path(upper, entry.path) + "/"
    return entry.kind is EntryKind.SYMLINK and any(f"{marker.path}/".startswith(path) for marker in markers)


def real_path(tree: twin.Paths, path: str) -> str:
    """*path* with the links in its directory followed."""
    return twin.join(twin.real_directory(tree, twin.parent(path)), path.rpartition("/")[2])


def directories(tree: twin.Paths) -> list[str]:
    """Every directory, and every link that leads to one."""
    found = []
    for path in tree:
        try:
            inode = tree.get(twin.real_directory(tree, path))
        except twin.LoopError:
            continue
        if inode is not None and inode.kind is EntryKind.DIRECTORY:
            found.append(path)
    return found


def link_targets(tree: twin.Paths) -> st.SearchStrategy[str]:
    """Mostly something that is there, absolute or relative to the root, which is what `..` leads to."""
    there = st.sampled_from(sorted(path for path in tree if path) or ["nothing"])
    return there.map("/{}".format) | there.map("../../../../{}".format) | names
