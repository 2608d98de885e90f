"""IMAGE and the options of how to read it: the same for every command that reads one."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ocianalyze.errors import UsageError

if TYPE_CHECKING:
    from ocianalyze.api import Analysis, LoadOptions, OpenedImage

SHARED_PANEL = "Reading the image"
BASE_PANEL = "The base image"

ImageArgument = Annotated[
    str,
    typer.Argument(
        metavar="IMAGE",
        show_default=False,
        help="An archive (docker save, OCI; also .gz, .zst), an OCI layout directory, or - for standard input.",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Which image, and how to read it."""

    path: str
    platform: str | None = None
    image: str | None = None
    verify: bool = True
    partial: bool = False
    limits: tuple[str, ...] = ()
    """As given: NAME=VALUE."""
    base_layers: int = 1
    base: str | None = None

    def options(self, *, content_algorithm: str = "blake3") -> LoadOptions:
        """The same, as `open_image` takes it."""
        from ocianalyze.api import LoadOptions

        return LoadOptions(
            image=self.image,
            platform=self.platform,
            verify=self.verify,
            partial=self.partial,
            content_algorithm=content_algorithm,
            limits=read_limits(self.limits),
        )

    def open(self, *, content_algorithm: str = "blake3") -> OpenedImage:
        """Open, load and replay the image, with a progress bar where there is a terminal. Close the result."""
        from ocianalyze.api import for_good, open_image
        from ocianalyze.cli.memory import keep_freed_memory
        from ocianalyze.cli.progress import watching

        options = self.options(content_algorithm=content_algorithm)
        keep_freed_memory()
        with for_good(), watching() as progress:
            return open_image(
                self.path, options=options, base_layers=self.base_layers, base=self.base, progress=progress
            )

    def analyze(self, *, content_algorithm: str = "blake3") -> Analysis:
        """The Analysis of the image, for commands that need no content of its files."""
        with self.open(content_algorithm=content_algorithm) as opened:
            return opened.analysis


def takes_image(command: Callable[..., None], *, lenient: bool = True, above_base: bool = False) -> Callable[..., None]:
    """*command*, which takes a Source first, as one that takes IMAGE and the options of how to read it.

    *lenient*: whether it makes sense not to verify, or to do without layers; *above_base*: whether it tells the
    base image from what is above.
    """

    def run(**given: Any) -> None:
        base_layers, base = given.pop("base_layers", None), given.pop("base", None)
        if base is not None and base_layers is not None:
            raise UsageError("--base and --base-layers exclude each other")
        source = Source(
            path=given.pop("image_"),
            platform=given.pop("platform"),
            image=given.pop("image"),
            verify=not given.pop("no_verify", False),
            partial=given.pop("partial", False),
            limits=tuple(given.pop("limit")),
            base_layers=1 if base_layers is None else base_layers,
            base=base,
        )
        command(source, **given)

    own = list(inspect.signature(command, eval_str=True).parameters.values())[1:]
    groups: list[Callable[..., None]] = [_choosing, *([_leniency] if lenient else []), *([_base] if above_base else [])]
    shared = [one for group in groups for one in inspect.signature(group, eval_str=True).parameters.values()]
    image = inspect.Parameter("image_", inspect.Parameter.KEYWORD_ONLY, annotation=ImageArgument)
    parameters = [
        image,
        *(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in (*own, *shared)),
    ]
    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    # typer reads a command's options from its signature.
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return run


def _option(help_text: str, *names: str, metavar: str = "", panel: str = SHARED_PANEL, **more: Any) -> Any:
    return typer.Option(*names, metavar=metavar, help=help_text, rich_help_panel=panel, show_default=False, **more)


# Their signatures are what `takes_image` gives to commands; they are never called.


def _choosing(
    platform: Annotated[str | None, _option("Of several platforms, this.", metavar="OS/ARCH[/VARIANT]")] = None,
    image: Annotated[str | None, _option("Of several images, this.", metavar="NAME|INDEX|DIGEST")] = None,
    limit: Annotated[
        list[str], _option("Move a safety limit: entries=20000000. Repeatable.", metavar="NAME=VALUE")
    ] = [],  # noqa: B006 - typer copies it
) -> None:
    """Which image, and how large it may be."""


def _leniency(
    no_verify: Annotated[bool, _option("Do not check digests and sizes.", "--no-verify")] = False,
    partial: Annotated[bool, _option("Do without layers that the archive lacks.", "--partial")] = False,
) -> None:
    """What need not be as it should."""


def _base(
    base_layers: Annotated[
        int | None, _option("How many layers the base image has; else 1.", metavar="N", min=0, panel=BASE_PANEL)
    ] = None,
    base: Annotated[
        str | None, _option("The base image, to count its layers.", metavar="ARCHIVE", panel=BASE_PANEL)
    ] = None,
) -> None:
    """What counts as the base image."""


def read_limits(given: tuple[str, ...]) -> Any:
    """ReadLimits with what `--limit NAME=VALUE` moves; UsageError for what is no limit."""
    from ocianalyze.model.limits import ReadLimits

    names = [field.name for field in dataclasses.fields(ReadLimits)]
    values: dict[str, int] = {}
    for text in given:
        name, _, number = text.partition("=")
        if name not in names:
            raise UsageError(f"--limit {text}: there is no limit {name!r}", hint=f"the limits are {', '.join(names)}")
        if not (number.isascii() and number.isdigit() and int(number) > 0):
            raise UsageError(f"--limit {text}: expected a whole number above zero, as in {name}=1000000")
        values[name] = int(number)
    return ReadLimits(**values)
