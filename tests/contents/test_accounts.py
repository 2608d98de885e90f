"""The user that an image runs as is looked up in its own files, as runtimes do it."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from ocianalyze.api.verify import verify_file
from tests.archive_builders import oci_files, pack, spread
from tests.tar_builders import info, layer_tar

PASSWD = b"root:x:0:0:root:/root:/bin/sh\n\n  app:x:1000:1000\nbad\nodd:x:abc:1::/:\n\xffbyte:x:1:1::/:\n"
GROUP = b"root:x:0:\nstaff:x:50:app\n"
WITH = layer_tar(("etc/passwd", PASSWD), ("etc/group", GROUP))
LINKED = layer_tar(
    ("usr/lib/passwd", PASSWD),
    ("usr/lib/group", GROUP),
    info("etc/passwd", tarfile.SYMTYPE, linkname="../usr/lib/passwd"),
    info("etc/group", tarfile.SYMTYPE, linkname="../usr/lib/group"),
)
WITHOUT = layer_tar(("f", b""))
DELETED = layer_tar(("etc/.wh.passwd", b""))
CASES: dict[str, tuple[tuple[bytes, ...], str, str | None]] = {
    "known": ((WITH,), "app", None),
    "known with group": ((WITH,), "app:staff", None),
    "known through a link": ((LINKED,), "app:staff", None),
    "a name that is all of its line": ((WITH,), "bad", None),
    "a number that is not there": ((WITH,), "4242:4242", None),
    "a group alone": ((WITH,), ":staff", None),
    "numbers without any file": ((WITHOUT,), "0:0", None),
    "unknown": ((WITH,), "nope", "user 'nope'"),
    "another case": ((WITH,), "APP", "user 'APP'"),
    "unknown group": ((WITH,), "app:nope", "group 'nope'"),
    "unknown group of a number": ((WITH,), "1000:nope", "group 'nope'"),
    "an unknown group alone": ((WITH,), ":nope", "group 'nope'"),
    "root without any file": ((WITHOUT,), "root", "user 'root'"),
    "a user that a layer removed": ((WITH, DELETED), "app", "user 'app'"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_user_that_is_not_there_is_an_error(tmp_path: Path, case: str) -> None:
    tars, user, missing = CASES[case]
    path = tmp_path / "image.tar"
    path.write_bytes(pack(oci_files(*tars, config={"User": user})))
    found = verify_file(str(path)).findings
    assert [(one.level.value, one.code) for one in found] == ([("error", "user")] if missing else [])
    if missing:
        assert found[0].message.endswith(f"have no {missing}")


@pytest.mark.skipif(not shutil.which("umoci"), reason="umoci is not installed")
@pytest.mark.parametrize("case", CASES)
def test_umoci_finds_the_same_users(tmp_path: Path, case: str) -> None:
    tars, user, missing = CASES[case]
    layout = spread(oci_files(*tars, config={"User": user}), tmp_path / "layout")
    command = ["umoci", "unpack", "--rootless", "--image", f"{layout}:latest", str(tmp_path / "bundle")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode != 0) == bool(missing), done.stderr


def test_a_windows_image_has_its_users_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "image.tar"
    where = {"os": "windows", "architecture": "amd64"}
    path.write_bytes(pack(oci_files(WITHOUT, platform=where, config={"User": "ContainerAdministrator"})))
    assert verify_file(str(path)).findings == ()
