"""Images in files: a docker-save or OCI archive, or a directory that holds the same files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ocianalyze.errors import MissingBlobError
from ocianalyze.layers.reader import LayerClaim
from ocianalyze.layers.tar_layer import TarLayer
from ocianalyze.sources.candidate import Candidate, ImageParts
from ocianalyze.sources.layouts.catalog import Catalog, Documents
from ocianalyze.sources.opening import open_store
from ocianalyze.sources.source import OpenOptions

_CUT_SHORT = "the archive is cut short or damaged; copy or save it again"
_OTHER_PLATFORMS = "it was saved for some platforms only; save the one you need"


class ImageFiles:
    """The images in an archive or a directory. A `Source`."""

    def __init__(
        self, path: str, options: OpenOptions, *, documents: Documents | None = None, reference: str | None = None
    ) -> None:
        """Open *path*, `-` for standard input. *documents* names the table of contents to go by, where several are."""
        self.reference = reference
        self.store = open_store(path, options)
        """The files by name, for checks that no image asks for."""
        self.catalog = Catalog(self.store, path, options.limits, verify=options.verify, only=documents)
        self._layers: dict[LayerClaim, TarLayer] = {}

    @property
    def archive_size(self) -> int | None:
        """See `Source`."""
        return self.store.given_size

    @property
    def stored_size(self) -> int:
        """See `Source`."""
        return self.store.stored_size

    def images(self) -> Sequence[Candidate]:
        """See `Source`."""
        try:
            return self.catalog.candidates()
        except MissingBlobError as error:
            if self.store.truncated:
                raise MissingBlobError(error.message, hint=_CUT_SHORT) from error
            raise

    def parts(self, candidate: Candidate) -> ImageParts:
        """See `Source`."""
        if not candidate.present:
            raise MissingBlobError(
                f"the archive's index lists {candidate.label} and does not hold it",
                hint=_CUT_SHORT if self.store.truncated else _OTHER_PLATFORMS,
            )
        parts = self.catalog.parts(candidate)
        form = "layout" if self.archive_size is None else "archive"
        return replace(parts, layout=f"{parts.layout}-{form}")

    def layer(self, claim: LayerClaim) -> TarLayer:
        """See `Source`."""
        if claim not in self._layers:
            self._layers[claim] = TarLayer(self.store.blob(claim.name), claim)
        return self._layers[claim]

    def close(self) -> None:
        """See `Source`."""
        for layer in self._layers.values():
            layer.close()
        self._layers.clear()
        self.store.close()
