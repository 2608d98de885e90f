"""The JSON documents of an image, decoded and checked: index, manifest, config, and docker's manifest.json.

Unknown keys are ignored, as the specification asks; a wrong type or a bad digest is a DocumentError whose `where` is
the key path at fault, such as `manifest.layers[2].digest`.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, TypeVar

import msgspec

from ocianalyze.errors import DocumentError
from ocianalyze.model import go_json
from ocianalyze.model.digest import DiffID, Digest
from ocianalyze.model.notices import Notices

T = TypeVar("T")


class Document(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What all documents have in common: frozen, and spelled in camelCase on the wire."""

    any_case: ClassVar[bool] = False
    """Whether tools are known to write its keys in any case, which is no oddity then."""


class Platform(Document, frozen=True, kw_only=True):
    """What an image runs on (image-spec, image-index.md)."""

    os: str = ""
    architecture: str = ""
    variant: str | None = None
    os_version: str | None = msgspec.field(default=None, name="os.version")
    os_features: list[str] | None = msgspec.field(default=None, name="os.features")

    def __str__(self) -> str:
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part) or "unknown"

    @property
    def full(self) -> str:
        """The same with the version of the operating system, by which images for Windows differ."""
        return f"{self} ({self.os_version})" if self.os_version else str(self)


class Descriptor(Document, frozen=True, kw_only=True):
    """Where a blob is and what it should be (image-spec, descriptor.md)."""

    digest: Digest
    size: Annotated[int, msgspec.Meta(ge=0)]
    media_type: str = ""
    platform: Platform | None = None
    annotations: dict[str, str] | None = None
    artifact_type: str | None = None
    urls: list[str] | None = None


class Index(Document, frozen=True, kw_only=True):
    """An image index or docker manifest list (image-spec, image-index.md)."""

    manifests: list[Descriptor]
    schema_version: int | None = None
    media_type: str | None = None
    artifact_type: str | None = None
    annotations: dict[str, str] | None = None


class Manifest(Document, frozen=True, kw_only=True):
    """An image manifest (image-spec, manifest.md)."""

    config: Descriptor
    layers: list[Descriptor]
    schema_version: int | None = None
    media_type: str | None = None
    artifact_type: str | None = None
    subject: Descriptor | None = None
    annotations: dict[str, str] | None = None


class Content(Document, frozen=True, kw_only=True):
    """The blobs of a manifest or an index of any kind, artifacts of earlier specifications included."""

    config: Descriptor | None = None
    layers: list[Descriptor] | None = None
    blobs: list[Descriptor] | None = None
    manifests: list[Descriptor] | None = None

    @property
    def descriptors(self) -> list[Descriptor]:
        """All of them, in order."""
        config = [self.config] if self.config else []
        return [*config, *(self.layers or ()), *(self.blobs or ()), *(self.manifests or ())]


class History(Document, frozen=True, kw_only=True, rename=None):
    """One step of a build (image-spec, config.md, history)."""

    created: str | None = None
    created_by: str | None = None
    author: str | None = None
    comment: str | None = None
    empty_layer: bool | None = None


class RootFS(Document, frozen=True, kw_only=True, rename=None):
    """The layers' diff IDs, bottom layer first."""

    diff_ids: list[DiffID] | None = None
    type: str | None = None


class Healthcheck(Document, frozen=True, kw_only=True, rename="pascal"):
    """How a container is to be tested; durations in nanoseconds."""

    test: list[str] | None = None
    interval: int | None = None
    timeout: int | None = None
    start_period: int | None = None
    start_interval: int | None = None
    retries: int | None = None


class Runtime(Document, frozen=True, kw_only=True, rename="pascal"):
    """The execution parameters: `config` inside the image config (image-spec, config.md)."""

    user: str | None = None
    exposed_ports: dict[str, Any] | None = None
    env: list[str] | None = None
    entrypoint: list[str] | str | None = None
    cmd: list[str] | str | None = None
    volumes: dict[str, Any] | None = None
    working_dir: str | None = None
    labels: dict[str, str | None] | None = None
    stop_signal: str | None = None
    healthcheck: Healthcheck | None = None
    on_build: list[str] | None = None
    shell: list[str] | None = None


class ImageConfig(Document, frozen=True, kw_only=True, rename=None):
    """An image configuration (image-spec, config.md). Every part may be absent."""

    created: str | None = None
    author: str | None = None
    architecture: str | None = None
    os: str | None = None
    os_version: str | None = msgspec.field(default=None, name="os.version")
    os_features: list[str] | None = msgspec.field(default=None, name="os.features")
    variant: str | None = None
    runtime: Runtime | None = msgspec.field(default=None, name="config")
    rootfs: RootFS | None = None
    history: list[History] | None = None
    comment: str | None = None

    @property
    def platform(self) -> Platform:
        """What the image says it runs on."""
        return Platform(
            os=self.os or "",
            architecture=self.architecture or "",
            variant=self.variant,
            os_version=self.os_version,
            os_features=self.os_features,
        )

    @property
    def diff_ids(self) -> tuple[DiffID, ...]:
        """The layers' diff IDs, bottom layer first; empty when the config has none."""
        return tuple((self.rootfs and self.rootfs.diff_ids) or ())


class DockerImage(Document, frozen=True, kw_only=True, rename="pascal"):
    """One image in docker-save's manifest.json."""

    any_case: ClassVar[bool] = True  # jib writes `repoTags`
    config: str
    repo_tags: list[str] | None = None
    layers: list[str] | None = None


class LegacyLayer(Document, frozen=True, kw_only=True, rename=None):
    """`<id>/json` of docker-save's oldest form (docker image spec v1)."""

    id: str
    parent: str | None = None
    created: str | None = None
    author: str | None = None
    architecture: str | None = None
    os: str | None = None
    config: Runtime | None = None
    container_config: Runtime | None = None


def decode(data: bytes, kind: type[T], what: str, notices: Notices | None = None) -> T:
    """*data* as a document of *kind*; *what* names it in complaints (`manifest`, `config`).

    *notices* hears of what is odd and read all the same.
    """
    return convert(go_json.parse(data, what, notices), kind, what, notices)


def convert(value: Any, kind: type[T], what: str, notices: Notices | None = None) -> T:
    """JSON values that `go_json.parse` gave as a document of *kind*."""
    try:
        return msgspec.convert(go_json.as_read(value, kind, what, notices), kind, dec_hook=_decode_digest)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at `$")
        raise DocumentError(_plain(problem), where=what + path.rstrip("`")) from error
    except UnicodeEncodeError as error:
        raise DocumentError(f"the key {error.object[:80]!r} is no Unicode text", where=what) from error
    except RecursionError as error:
        raise DocumentError("nested too deeply to be an image document", where=what) from error


def _decode_digest(kind: type, value: Any) -> Any:
    if issubclass(kind, Digest):
        if not isinstance(value, str):
            raise ValueError(f"Expected a digest, got `{type(value).__name__}`")
        try:
            return kind.parse(value)
        except DocumentError as error:
            raise ValueError(error.message) from error
    raise NotImplementedError(kind)


def _plain(problem: str) -> str:
    """msgspec's complaint without its back-ticks, which mean nothing outside Markdown."""
    problem = problem.replace("`", "")
    return problem[:1].lower() + problem[1:]
