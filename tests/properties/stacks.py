"""Random stacks of layers: few names, so that they meet again and again."""

from __future__ import annotations

from hypothesis import strategies as st

from ocianalyze.model.entry import Entry
from tests.builders import (
    MTIME,
    char_device,
    directory,
    fifo,
    file,
    hardlink,
    opaque,
    symlink,
    whiteout,
)

NAMES = ("a", "b", "c", "-d", "é")
names = st.sampled_from(NAMES)
paths = st.lists(names, min_size=1, max_size=4).map("/".join)
targets = st.one_of(
    paths,
    paths.map("/{}".format),
    st.sampled_from(["..", "/", ".", "../a", "a/../b", "../../c", "/../b", "./c/", "a//b", ""]),
    paths.map("../{}".format),
)
contents = st.sampled_from([b"", b"x", b"y", b"xyz"])
modes = st.sampled_from([0o644, 0o755])
owners = st.sampled_from([0, 1000])
times = st.sampled_from([MTIME, MTIME + 1_000_000_000])

files = st.builds(file, paths, contents, mode=modes, uid=owners, gid=owners, mtime_ns=times)
directories = st.builds(directory, paths | st.just(""), mode=modes, uid=owners, mtime_ns=times)
symlinks = st.builds(symlink, paths, targets, mtime_ns=times)
hardlinks = st.builds(hardlink, paths, paths)
specials = st.builds(fifo, paths) | st.builds(char_device, paths, st.integers(0, 1), st.integers(0, 1))
whiteouts = st.builds(whiteout, paths)
opaques = st.builds(opaque, paths | st.just(""))

entries: st.SearchStrategy[Entry] = st.one_of(
    files, files, files, directories, symlinks, hardlinks, specials, whiteouts, whiteouts, opaques
)
layers = st.lists(entries, max_size=8).map(tuple)
stacks = st.lists(layers, min_size=1, max_size=5).map(tuple)
