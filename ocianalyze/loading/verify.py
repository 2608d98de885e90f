"""Everything in an archive checked against what is claimed of it, for all its images; findings instead of one error.

The documents are read as a load reads them, and every layer is scanned with its digest, size and diff ID. What is
wrong with one image does not keep the others from being checked.
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ocianalyze.blobs.blob import Blob, Verifier
from ocianalyze.errors import (
    DigestMismatchError,
    LayerError,
    LimitExceededError,
    OcianalyzeError,
    Remedy,
    brief,
)
from ocianalyze.layers.reader import LayerReader, ScanOptions
from ocianalyze.loading.assemble import FoundLayer, assemble
from ocianalyze.loading.choosing import check_counts, chosen
from ocianalyze.loading.conformance import judge_config, judge_layout, judge_manifest, judge_names
from ocianalyze.loading.load import open_for
from ocianalyze.loading.options import LoadOptions
from ocianalyze.loading.progress import PlannedLayer, Progress, Unwatched
from ocianalyze.loading.scan_image import byte_budget
from ocianalyze.loading.scan_layer import LayerScan
from ocianalyze.loading.scheduling import LayerJob, scan_all
from ocianalyze.model.artifact import Artifact
from ocianalyze.model.digest import Digest
from ocianalyze.model.finding import Finding, FoundBy, Level
from ocianalyze.model.image import Image
from ocianalyze.model.limits import ReadLimits
from ocianalyze.model.scanned import ScannedLayer
from ocianalyze.sources.candidate import Candidate, ImageParts
from ocianalyze.sources.image_files import ImageFiles
from ocianalyze.sources.source import Source
from ocianalyze.tar.budget import EntryBudget

_BLOB = re.compile(r"blobs/(sha256|sha384|sha512)/([0-9a-f]+)")


Examine = Callable[[Image, Sequence[LayerReader | None]], Iterable[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was checked, and what was found."""

    findings: tuple[Finding, ...]
    images: tuple[tuple[str, Image], ...]
    """(label, image) of those that can be loaded."""
    artifacts: tuple[Artifact, ...]
    """What is there beside images."""
    blobs: int
    """Blobs whose bytes were read."""


def verify(
    name: str,
    *,
    options: LoadOptions | None = None,
    progress: Progress | None = None,
    examine: Examine = lambda _image, _readers: (),
) -> Verified:
    """Check every image in the source *name*, or the one that *options* or the name choose.

    *examine* is given each image that can be loaded, with the readers of its layers, and says what it finds.

    Raises OcianalyzeError when it is no archive of images, or its table of contents cannot be read.
    """
    options = options or LoadOptions()
    watch: Progress = progress or Unwatched()
    with contextlib.closing(open_for(name, replace(options, verify=True), watch)) as source:
        work = _Verification(source, name, options.limits, watch, examine)
        candidates = source.images()
        if options.image is None and options.platform is None and source.reference is None:
            if isinstance(source, ImageFiles):
                work.findings += judge_layout(source.store, options.limits)
            work.run(candidates)
            work.other_blobs()
        else:
            work.run([chosen(source, candidates, options)[0]])
        return Verified(
            findings=tuple(work.findings),
            images=tuple(work.images),
            artifacts=tuple(work.artifacts),
            blobs=len(work.read),
        )


_Key = tuple[str, str | None, int | None, str | None]


class _Verification:
    def __init__(self, source: Source, name: str, limits: ReadLimits, progress: Progress, examine: Examine) -> None:
        self.findings: list[Finding] = []
        self.images: list[tuple[str, Image]] = []
        self.artifacts: list[Artifact] = []
        self.read: set[str] = set()
        self._source = source
        self._name = name
        self._files = source if isinstance(source, ImageFiles) else None
        self._limits = limits
        self._progress = progress
        self._examine = examine
        self._budget = EntryBudget(limits.entries)
        self._scanned: dict[_Key, ScannedLayer | LayerError] = {}

    def run(self, candidates: Sequence[Candidate]) -> None:
        """Check the documents of each image, then all layers at a time, then each image as a whole."""
        several = len(candidates) > 1
        ready: list[tuple[str | None, ImageParts]] = []
        for candidate in candidates:
            label = brief(candidate.label) if several else None
            self.findings += candidate.notices
            self.findings += [replace(one, image=label) for one in judge_names(candidate)]
            if not candidate.present:
                message = "the index lists it and the archive does not hold it"
                self._add(Level.WARNING, "not-in-the-archive", message, image=brief(candidate.label))
            elif candidate.artifact is not None:
                self.artifacts.append(candidate.artifact)
                self._artifact(candidate)
            elif (parts := self._documents(candidate, label)) is not None:
                ready.append((label, parts))
        self._scan([parts for _, parts in ready])
        for label, parts in ready:
            self._image(label, parts)

    def other_blobs(self) -> None:
        """Blobs that no image uses must have the digest that they are named by, too."""
        if self._files is None:
            return
        for name in self._files.store.blob_names():
            if name in self.read or not (found := _BLOB.fullmatch(name)):
                continue
            try:
                self._digest(self._files.store.blob(name), Digest(f"{found[1]}:{found[2]}"), None, f"the blob {name}")
            except OcianalyzeError as error:
                self._error(error, None)

    def _documents(self, candidate: Candidate, label: str | None) -> ImageParts | None:
        try:
            parts = self._source.parts(candidate)
            check_counts(parts, self._limits)
        except OcianalyzeError as error:
            self._error(error, label)
            return None
        self.read.update(
            f"blobs/{digest.algorithm}/{digest.encoded}" for digest in (parts.digest, parts.config_digest) if digest
        )
        found = [notice for notice in parts.notices if notice.level is not Level.NOTE]
        if candidate.has_documents:
            found += judge_config(candidate, parts)
        if candidate.descriptor is not None and self._files is not None:
            found += judge_manifest(self._files.catalog.manifest(candidate), candidate.descriptor)
        self.findings += [replace(one, image=label) for one in found]
        return parts

    def _artifact(self, candidate: Candidate) -> None:
        """The blobs of what is no image, whose digests are all there is to check."""
        if self._files is None or candidate.descriptor is None:
            return
        label = brief(candidate.label)
        try:
            content = self._files.catalog.content(candidate.descriptor)
        except OcianalyzeError as error:
            self._error(error, label)
            return
        for descriptor in content:
            name = f"blobs/{descriptor.digest.algorithm}/{descriptor.digest.encoded}"
            try:
                self._digest(self._files.store.blob(name), descriptor.digest, descriptor.size, f"the blob {name}")
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
            for reader in self._readers(parts):
                if reader is not None and _key(reader) not in jobs:
                    jobs[_key(reader)] = LayerJob(index=len(jobs), reader=reader)
        self._progress.begin(
            [PlannedLayer(index=job.index, blob_size=job.reader.size, history=None) for job in jobs.values()]
        )
        how = ScanOptions(
            limits=self._limits,
            budget=self._budget,
            bytes=byte_budget(self._source, self._limits),
            algorithm="blake3",
            verify=True,
        )
        scan_layer = LayerScan(how=how, advance=self._progress.advance)
        failures: dict[int, LayerError] = {}

        def scan(job: LayerJob, stop: threading.Event) -> ScannedLayer:
            try:
                return scan_layer(job, stop)
            except LayerError as error:
                failures[id(job)] = error
                return ScannedLayer(compression="none", tar_size=0, diff_id=None, entries=(), notices=())

        for (key, job), result in zip(jobs.items(), scan_all(list(jobs.values()), scan), strict=True):
            self._scanned[key] = failures.get(id(job), result)
            self.read.add(job.reader.key)

    def _readers(self, parts: ImageParts) -> Iterator[LayerReader | None]:
        """A reader for each layer of *parts*; None where the source does not hold it."""
        diff_ids = parts.config.diff_ids if len(parts.config.diff_ids) == len(parts.layers) else ()
        for index, claim in enumerate(parts.layers):
            try:
                yield self._source.layer(replace(claim, diff_id=diff_ids[index] if diff_ids else None))
            except OcianalyzeError:
                yield None

    def _image(self, label: str | None, parts: ImageParts) -> None:
        """The layers of one image, each and together."""
        found: list[FoundLayer] = []
        for index, (reader, claim) in enumerate(zip(self._readers(parts), parts.layers, strict=True)):
            if reader is None:
                urls = f"; it is to be had from {brief(claim.urls[0])}" if claim.urls else ""
                message = f"the archive does not hold {claim.digest or brief(claim.name)}{urls}"
                level = Level.WARNING if claim.urls else Level.ERROR
                self._add(level, "missing-blob", message, image=label, layer=index)
                continue
            result = self._scanned[_key(reader)]
            if isinstance(result, LayerError):
                self._error(result, label, index)
            else:
                found.append(FoundLayer(claim=claim, reader=reader, scanned=result))
        if len(found) < len(parts.layers) or len(parts.config.diff_ids) not in (0, len(parts.layers)):
            return  # and it was said why
        self._whole(label, parts, found)

    def _whole(self, label: str | None, parts: ImageParts, found: list[FoundLayer]) -> None:
        try:
            image, ordered = assemble(
                replace(parts, notices=()),
                found,
                source=self._name,
                archive_size=self._source.archive_size or 0,
                verify=True,
                algorithm="blake3",
            )
        except OcianalyzeError as error:
            self._error(error, label)
            return
        readers = [layer.reader for layer in ordered]
        found_more = self._examine(replace(image, notices=()), readers)
        self.findings += [replace(one, image=label) for one in (*image.notices, *found_more)]
        self.images.append((label or "", image))

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
        remedy: Remedy | None = None,
    ) -> None:
        made_by = FoundBy.VERIFICATION
        self.findings.append(
            Finding(level=level, code=code, message=message, found_by=made_by, image=image, layer=layer, remedy=remedy)
        )


def _key(reader: LayerReader) -> _Key:
    """The same for layers that one scan serves: the same bytes, and the same claims to verify."""
    claim = reader.claim
    return reader.key, claim.digest, claim.size, claim.diff_id


def _code(error: OcianalyzeError) -> str:
    if isinstance(error, DigestMismatchError):
        return "digest-mismatch"
    name = type(error).__name__.removesuffix("Error")
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()
