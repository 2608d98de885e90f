"""What helps where an image is named that is no file."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocianalyze.sources.missing_file import missing_file_hint


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        (
            "docker://nginx:1",
            "save the image first: skopeo copy docker://nginx:1 oci-archive:image.tar, or docker save",
        ),
        ("docker-daemon:nginx:1", "save the image first: docker save nginx:1 -o image.tar"),
        ("containers-storage:nginx", "save the image first: podman save nginx -o image.tar"),
        ("docker://", "save the image first: skopeo copy docker://IMAGE oci-archive:image.tar"),
        ("nginx", "check the path; to look at an image by name, save it first: docker save nginx -o image.tar"),
        ("nginx:1", "to look at an image by name, save it first: docker save nginx:1 -o image.tar"),
        ("./nginx", "check the path"),
        ("no/such\0/name.tar", "check the path"),
    ],
)
def test_the_name_of_an_image_leads_to_the_command_that_saves_it(source: str, hint: str) -> None:
    assert missing_file_hint(source).startswith(hint)


def test_a_file_with_nearly_the_same_name_is_named(tmp_path: Path) -> None:
    (tmp_path / "web.tar").touch()
    assert missing_file_hint(str(tmp_path / "web.tra")) == f"did you mean {tmp_path / 'web.tar'}?"
    assert missing_file_hint(str(tmp_path / "other.tgz")) == "check the path"
    assert missing_file_hint(str(tmp_path / "none" / "web.tra")) == "check the path"
