"""Options that commands on files share."""

from __future__ import annotations

from typing import Annotated

import typer

from ocianalyze.cli.completion import complete_path

AfterLayer = Annotated[
    int | None,
    typer.Option(
        "--layer", metavar="K", help="Show the file system as it is after layer K; 0 is the bottom.", show_default=False
    ),
]
PathArgument = Annotated[
    str,
    typer.Argument(metavar="[PATH]", help="A path inside the image.", show_default=False, autocompletion=complete_path),
]
