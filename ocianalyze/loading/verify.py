"""Everything in an archive checked against what is claimed of it, for all its images; findings instead of one error.

The documents are read as a load reads them, and every layer is scanned with its digest, size and diff ID. What is
wrong with one image does not keep the others from being checked.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ocianalyze.blobs.blob import Blob, Verifier
from ocianalyze.errors import (
    DigestMismatchError,
    LayerError,
    LimitExceededError,
    MissingBlobError,
    OcianalyzeError,
    Remedy,
    brief,
)
from ocianalyze.layers.scan import LayerJob, scan_all, scan_layer
from ocianalyze.loading.assemble import FoundLayer, assemble
from ocianalyze.loading.conformance import judge_config, judge_manifest
from ocianalyze.loading.load import LoadOptions, Unwatched
from ocianalyze.loading.progress import PlannedLayer, Progress
from ocianalyze.model.digest import DiffID, Digest
from ocianalyze.model.finding import Finding, Level
from ocianalyze.model.image import Image, Notice
from ocianalyze.model.limits import ReadLimits
from ocianalyze.model.scanned import ScannedLayer
from ocianalyze.sources.candidate import Candidate, ImageParts
from ocianalyze.sources.layouts.catalog import Catalog
from ocianalyze.sources.layouts.oci import INDEX
from ocianalyze.sources.opening import open_store
from ocianalyze.sources.store import Store
from ocianalyze.tar.budget import EntryBudget

_BLOB = re.compile(r"blobs/(sha256|sha384|sha512)/([0-9a-f]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was checked, and what was found."""

    findings: tuple[Finding, ...]
    images: tuple[tuple[str, Image], ...]
    """(label, image) of those that can be loaded, notices left out: they are findings."""
    blobs: int
    """Blobs whose bytes were read."""


def verify(source: str, *, options: LoadOptions | None = None, progress: Progress | None = None) -> Verified:
    """Check every image in *source*, or the one that *options* choose.

    Raises OcianalyzeError when it is no archive of images, or its table of contents cannot be read.
    """
    options = options or LoadOptions()
    watch: Progress = progress or Unwatched()
    with open_store(source, options.limits, watch.spooled) as store:
        catalog = Catalog(store, source, options.limits, verify=True)
        work = _Verification(store, catalog, source, options.limits, watch)
        if options.image is None and options.platform is None:
            chosen = catalog.candidates()
            work.layout()
        else:
            chosen = [catalog.chosen(image=options.image, platform=options.platform)[0]]
        work.run(chosen)
        if options.image is None and options.platform is None:
            work.other_blobs()
        return Verified(findings=tuple(work.findings), images=tuple(work.images), blobs=len(work.read))


_Key = tuple[int, int, str | None, int | None, str | None]


class _Verification:
    def __init__(self, store: Store, catalog: Catalog, source: str, limits: ReadLimits, progress: Progress) -> None:
        self.findings: list[Finding] = []
        self.images: list[tuple[str, Image]] = []
        self.read: set[str] = set()
        self._store = store
        self._catalog = catalog
        self._source = source
        self._limits = limits
        self._progress = progress
        self._budget = EntryBudget(limits.entries)
        self._scanned: dict[_Key, ScannedLayer | LayerError] = {}

    def layout(self) -> None:
        """The file that says that a directory or an archive is an OCI layout (image-spec, image-layout.md)."""
        if self._store.truncated:
            self._add(Level.ERROR, "truncated", "the archive has no end: it is cut short or damaged")
        if INDEX not in self._store:
            return
        try:
            value = json.loads(self._store.document("oci-layout", self._limits.document))
            version = value.get("imageLayoutVersion") if isinstance(value, dict) else None
            problem = None if version == "1.0.0" else f"oci-layout says version {brief(str(version))}, expected 1.0.0"
        except MissingBlobError:
            problem = "there is no oci-layout file beside index.json"
        except (OcianalyzeError, ValueError, RecursionError):
            problem = "oci-layout is no JSON document"
        if problem:
            self._add(Level.ERROR, "oci-layout", problem)

    def run(self, candidates: Sequence[Candidate]) -> None:
        """Check the documents of each image, then all layers at a time, then each image as a whole."""
        several = len(candidates) > 1
        ready: list[tuple[str | None, ImageParts]] = []
        for candidate in candidates:
            label = brief(candidate.label) if several else None
            if not candidate.present:
                message = "the index lists it and the archive does not hold it"
                self._add(Level.WARNING, "not-in-the-archive", message, image=brief(candidate.label))
            elif candidate.attestation:
                self._attestation(candidate)
            elif (parts := self._documents(candidate, label)) is not None:
                ready.append((label, parts))
        self._scan([parts for _, parts in ready])
        for label, parts in ready:
            self._image(label, parts)

    def other_blobs(self) -> None:
        """Blobs that no image uses must have the digest that they are named by, too."""
        for name in self._store.blob_names():
            if name in self.read or not (found := _BLOB.fullmatch(name)):
                continue
            try:
                self._digest(self._store.blob(name), Digest(f"{found[1]}:{found[2]}"), None, f"the blob {name}")
            except OcianalyzeError as error:
                self._error(error, None)

    def _documents(self, candidate: Candidate, label: str | None) -> ImageParts | None:
        try:
            parts = self._catalog.parts(candidate)
        except OcianalyzeError as error:
            self._error(error, label)
            return None
        self.read.update(
            f"blobs/{digest.algorithm}/{digest.encoded}" for digest in (parts.digest, parts.config_digest) if digest
        )
        for notice in parts.notices:
            self._notice(notice, label)
        problems = list(judge_config(candidate, parts))
        if candidate.descriptor is not None:
            problems += judge_manifest(self._catalog.manifest(candidate), candidate.descriptor)
        for level, code, message in problems:
            self._add(level, code, message, image=label)
        return parts

    def _attestation(self, candidate: Candidate) -> None:
        """An attestation's blobs, whose digests are all there is to check."""
        label = brief(candidate.label)
        try:
            manifest = self._catalog.manifest(candidate)
        except OcianalyzeError as error:
            self._error(error, label)
            return
        for descriptor in (manifest.config, *manifest.layers):
            name = f"blobs/{descriptor.digest.algorithm}/{descriptor.digest.encoded}"
            try:
                self._digest(self._store.blob(name), descriptor.digest, descriptor.size, f"the blob {name}")
            except OcianalyzeError as error:
                self._error(error, label)

    def _digest(self, blob: Blob, digest: Digest, size: int | None, what: str) -> None:
        verifier = Verifier(digest, size, what=what)
        for _ in blob.chunks(verifier.update):
            pass
        self.read.add(blob.name)
        verifier.finish()

    def _scan(self, images: Sequence[ImageParts]) -> None:
        """Every distinct layer of all *images*, on all processors."""
        jobs: dict[_Key, LayerJob] = {}
        for parts in images:
            for index, (key, blob) in enumerate(self._blobs(parts)):
                if key is not None and blob is not None and key not in jobs:
                    diff_id = DiffID(key[4]) if key[4] else None
                    jobs[key] = LayerJob(index=len(jobs), source=parts.layers[index], blob=blob, diff_id=diff_id)
        self._progress.begin(
            [PlannedLayer(index=job.index, blob_size=job.blob.size, history=None) for job in jobs.values()]
        )
        failures: dict[int, LayerError] = {}

        def scan(job: LayerJob, stop: threading.Event) -> ScannedLayer:
            try:
                return scan_layer(
                    job,
                    stop,
                    limits=self._limits,
                    budget=self._budget,
                    algorithm="blake3",
                    verify=True,
                    advance=self._progress.advance,
                )
            except LayerError as error:
                failures[id(job)] = error
                return ScannedLayer(compression="none", tar_size=0, diff_id=None, entries=(), notices=())

        for (key, job), result in zip(jobs.items(), scan_all(list(jobs.values()), scan), strict=True):
            self._scanned[key] = failures.get(id(job), result)
            self.read.add(job.blob.name)

    def _blobs(self, parts: ImageParts) -> Iterator[tuple[_Key | None, Blob | None]]:
        claimed = parts.config.diff_ids if len(parts.config.diff_ids) == len(parts.layers) else ()
        for index, layer in enumerate(parts.layers):
            try:
                blob = self._store.blob(layer.name)
            except OcianalyzeError:
                yield None, None
                continue
            yield (blob.fd, blob.offset, layer.digest, layer.size, claimed[index] if claimed else None), blob

    def _image(self, label: str | None, parts: ImageParts) -> None:
        """The layers of one image, each and together."""
        found: list[FoundLayer] = []
        for index, ((key, blob), layer) in enumerate(zip(self._blobs(parts), parts.layers, strict=True)):
            if key is None:
                urls = f"; it is to be had from {brief(layer.urls[0])}" if layer.urls else ""
                message = f"the archive does not hold {layer.digest or brief(layer.name)}{urls}"
                level = Level.WARNING if layer.urls else Level.ERROR
                self._add(level, "missing-blob", message, image=label, layer=index)
                continue
            result = self._scanned[key]
            if isinstance(result, LayerError):
                self._error(result, label, index)
            else:
                found.append(FoundLayer(source=layer, blob=blob, scanned=result))
        if len(found) < len(parts.layers) or len(parts.config.diff_ids) not in (0, len(parts.layers)):
            return  # and it was said why
        self._whole(label, parts, found)

    def _whole(self, label: str | None, parts: ImageParts, found: list[FoundLayer]) -> None:
        try:
            image = assemble(
                replace(parts, notices=()),
                found,
                source=self._source,
                is_directory=self._store.given_size is None,
                archive_size=self._store.given_size or 0,
                verify=True,
                algorithm="blake3",
            )
        except OcianalyzeError as error:
            self._error(error, label)
            return
        for notice in image.notices:
            self._notice(notice, label)
        self.images.append((label or "", replace(image, notices=())))

    def _notice(self, notice: Notice, label: str | None) -> None:
        level = Level.ERROR if notice.code == "config-name" else Level.WARNING
        self._add(level, notice.code, notice.message, image=label, layer=notice.layer, path=notice.path)

    def _error(self, error: OcianalyzeError, label: str | None, layer: int | None = None) -> None:
        """*error* as a finding; which layer it is in is said once, by its number in the image at hand."""
        own = error.layer if isinstance(error, LayerError) else None
        where = "" if own is not None or not error.where else f"{error.where}: "
        index = own if layer is None else layer
        # A limit is no fault of the image: the finding has to say how to go past it.
        remedy = error.remedy if isinstance(error, LimitExceededError) else None
        self._add(Level.ERROR, _code(error), where + error.message, image=label, layer=index, remedy=remedy)

    def _add(
        self,
        level: Level,
        code: str,
        message: str,
        *,
        image: str | None = None,
        layer: int | None = None,
        path: str | None = None,
        remedy: Remedy | None = None,
    ) -> None:
        finding = Finding(level=level, code=code, message=message, image=image, layer=layer, path=path, remedy=remedy)
        self.findings.append(finding)


def _code(error: OcianalyzeError) -> str:
    if isinstance(error, DigestMismatchError):
        return "digest-mismatch"
    name = type(error).__name__.removesuffix("Error")
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()
