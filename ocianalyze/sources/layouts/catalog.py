"""An archive's table of contents: which images it offers, whatever tool wrote it, and the parts of the chosen one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import Enum

from ocianalyze.errors import ArchiveError, OcianalyzeError, ReadRootFiles, Remedy
from ocianalyze.model import go_json
from ocianalyze.model.digest import Digest
from ocianalyze.model.documents import Descriptor, Manifest
from ocianalyze.model.limits import ReadLimits
from ocianalyze.model.whiteout import marker
from ocianalyze.sources.candidate import Candidate, ImageParts
from ocianalyze.sources.layouts.docker import MANIFEST, REPOSITORIES, DockerSave, with_manifest
from ocianalyze.sources.layouts.oci import INDEX, OciLayout
from ocianalyze.sources.store import Store

_HINT = (
    "expected a docker-save or OCI image archive: docker save, podman save, skopeo copy, buildx build --output type=oci"
)


_ROOT_DIRECTORIES = {"bin", "etc", "lib", "sbin", "usr", "var", "home", "root", "Windows", "ProgramData", "Users"}
_WINDOWS_LAYER = {"Files", "Hives", "UtilityVM"}
_ROOT_FILES = (
    "it is a root file system, as docker export writes and buildah mount shows",
    "docker save IMAGE -o image.tar has the image with its layers",
)
_ONE_LAYER = (
    "it is one layer of an image",
    "docker save IMAGE -o image.tar has the image with all of them",
)
"""What is found instead of an image, and where the image is to be had."""


class Documents(Enum):
    """A table of contents that a source can be read by."""

    DOCKER = "manifest.json of docker save"
    OCI = "index.json of an OCI layout"
    DIRECTORY = "manifest.json of skopeo copy dir:"


class Catalog:
    """The images in one store."""

    def __init__(
        self, store: Store, source: str, limits: ReadLimits, *, verify: bool, only: Documents | None = None
    ) -> None:
        """Read *store*, which the user names *source*, by its tables of contents, or by *only* that one."""
        self._store = store
        self._only = only
        self._source = source
        self._limits = limits
        self._docker = DockerSave(store, limits)
        self._oci = OciLayout(store, limits, verify=verify)

    def candidates(self) -> list[Candidate]:
        """Every image, for every platform."""
        has_manifest, has_index = (
            table in self._store and self._only in (None, *kinds)
            for table, kinds in ((MANIFEST, (Documents.DOCKER, Documents.DIRECTORY)), (INDEX, (Documents.OCI,)))
        )
        if has_manifest:
            if isinstance(self._manifest(), dict):
                if self._only is Documents.DOCKER:
                    raise self._nothing_here()
                return self._oci.flat_candidates()
            if self._only is Documents.DIRECTORY:
                raise self._nothing_here()
            found = self._docker.candidates()
            return self._joined(found, self._oci.candidates()) if has_index else found
        if has_index:
            return self._oci.candidates()
        if self._only in (None, Documents.DOCKER) and (REPOSITORIES in self._store or self._has_bare_layers()):
            return self._docker.legacy_candidates()
        raise self._nothing_here()

    @property
    def has_tables(self) -> bool:
        """Whether there is anything that lists images."""
        return any(table in self._store for table in (MANIFEST, INDEX, REPOSITORIES)) or self._has_bare_layers()

    def _has_bare_layers(self) -> bool:
        """Whether there are layers without a table of contents, and not because the archive was cut off before it."""
        if self._store.truncated:
            return False
        return any(name.endswith("/layer.tar") and name.count("/") == 1 for name in self._store.names())

    def _manifest(self) -> object:
        return go_json.parse(self._store.document(MANIFEST, self._limits.document), MANIFEST)

    def _joined(self, docker: list[Candidate], oci: list[Candidate]) -> list[Candidate]:
        """Docker 25 and later write both tables of contents: one candidate for what is the same image."""
        by_config = {self._config_of(candidate): candidate for candidate in oci}
        by_config.pop(None, None)
        joined = []
        for candidate in docker:
            config = Digest(candidate.digests[0]) if candidate.digests else None
            same = by_config.pop(config, None) if config else None
            if same is None:
                joined.append(candidate)
                continue
            oci = [other for other in oci if other is not same]
            joined.append(
                replace(
                    candidate,
                    group=same.group,
                    names=candidate.names or same.names,
                    aliases=(*candidate.aliases, *same.aliases),
                    digests=(*same.digests, *candidate.digests),
                    descriptor=same.descriptor,
                    platform=same.platform,
                    notices=(*candidate.notices, *same.notices),
                )
            )
        return joined + oci

    def _config_of(self, candidate: Candidate) -> Digest | None:
        if candidate.artifact or not candidate.present:
            return None
        try:
            return self._oci.manifest(candidate).config.digest
        except OcianalyzeError:
            return None

    def manifest(self, candidate: Candidate) -> Manifest:
        """The manifest of an image that has one."""
        return self._oci.manifest(candidate)

    def content(self, descriptor: Descriptor) -> list[Descriptor]:
        """The blobs of the manifest or index that *descriptor* means, be it of an image or of something else."""
        return self._oci.content(descriptor)

    def parts(self, candidate: Candidate) -> ImageParts:
        """Everything about *candidate* but its layers' bytes."""
        if candidate.legacy_id is not None:
            return self._docker.legacy_parts(candidate)
        if candidate.docker is None:
            return self._oci.parts(candidate)
        parts = self._docker.parts(candidate)
        return with_manifest(parts, self._oci.parts(candidate)) if candidate.descriptor else parts

    def _nothing_here(self) -> ArchiveError:
        names = list(self._store.names())
        tops = {name.partition("/")[0] for name in names}
        found = "it has no manifest.json and no index.json" if self._only is None else f"it has no {self._only.value}"
        hint = _HINT
        remedy: Remedy | None = None
        if self._only is not None and any(table in self._store for table in (MANIFEST, INDEX)):
            hint = "it is an image of another kind; leave the prefix out to read it as what it is"
        elif len(tops & _ROOT_DIRECTORIES) >= 3:
            remedy = ReadRootFiles()
            found, hint = _ROOT_FILES
        elif "Files" in tops <= _WINDOWS_LAYER or any(marker(name.rpartition("/")[2]) for name in names):
            remedy = ReadRootFiles()
            found, hint = _ONE_LAYER
        elif self._store.truncated and any(name.endswith(("/layer.tar", "/json")) for name in names):
            hint = "the archive is cut short or damaged before its table of contents; copy or save it again"
        elif "oci-layout" in tops or "blobs" in tops:
            hint = "it looks like an OCI layout that lacks its index.json; the archive may be cut short"
        elif not names:
            found = "it is empty"
        elif wrapped := _wrapping_folder(names):
            hint = (
                f"the image is in the folder {wrapped} inside it; pack its contents: tar -C {wrapped} -cf image.tar ."
            )
        return ArchiveError(f"{self._source} holds no container image: {found}", hint=hint, remedy=remedy)


def _wrapping_folder(names: Iterable[str]) -> str | None:
    """The only top folder, when the table of contents is in it."""
    tops = {name.partition("/")[0] for name in names}
    top = tops.pop() if len(tops) == 1 else None
    return top if top and any(f"{top}/{table}" in names for table in (MANIFEST, INDEX)) else None
