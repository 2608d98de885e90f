"""Groups of options: a command takes each as one value, and typer sees the options in it."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterator
from typing import Any, Self, get_type_hints

import typer


def option(help_text: str, *names: str, metavar: str = "", panel: str | None = None, **more: Any) -> Any:
    """An option that shows no default; an empty *metavar* is that of a switch."""
    return typer.Option(*names, metavar=metavar, help=help_text, rich_help_panel=panel, show_default=False, **more)


def top_option(help_text: str, *, least: int = 0, show_default: bool = False) -> Any:
    """How many rows of a list are shown, wherever one can be cut."""
    return typer.Option("--top", "-n", metavar="N", min=least, help=help_text, show_default=show_default)


class Options:
    """A group: a dataclass, keyword-only, whose fields are annotated as the parameters of a command would be."""

    @classmethod
    def parameters(cls) -> list[inspect.Parameter]:
        """The options, as a command without groups would take them."""
        hints = get_type_hints(cls, include_extras=True)
        return [
            inspect.Parameter(one.name, inspect.Parameter.KEYWORD_ONLY, annotation=hints[one.name], default=_usual(one))
            for one in dataclasses.fields(cls)  # type: ignore[arg-type]  # every group is a dataclass
        ]

    @classmethod
    def from_given(cls, given: dict[str, Any]) -> Self:
        """The group that the command line means; takes what it needs out of *given*."""
        return cls(**{one.name: given.pop(one.name) for one in cls.parameters()})


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """*command*, which takes groups of options, as one that takes the options in them."""
    taken = list(inspect.signature(command, eval_str=True).parameters.values())
    groups = {one.name: one.annotation for one in taken if _is_group(one)}

    def run(*positional: Any, **given: Any) -> None:
        made = {name: group.from_given(given) for name, group in groups.items()}
        command(*positional, **given, **made)

    run.__name__, run.__doc__ = command.__name__, command.__doc__
    parameters = list(_taken_apart(taken))
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    # typer reads a command's options from its signature.
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return run


def _taken_apart(parameters: list[inspect.Parameter]) -> Iterator[inspect.Parameter]:
    """Without groups; those that have no default, and that may be given by position, come first."""
    for one in parameters:
        if _is_group(one):
            yield from one.annotation.parameters()
        elif one.default is inspect.Parameter.empty:
            yield one
        else:
            yield one.replace(kind=inspect.Parameter.KEYWORD_ONLY)


def _is_group(one: inspect.Parameter) -> bool:
    return isinstance(one.annotation, type) and issubclass(one.annotation, Options)


def _usual(one: dataclasses.Field[Any]) -> Any:
    if one.default_factory is not dataclasses.MISSING:
        return one.default_factory()
    return inspect.Parameter.empty if one.default is dataclasses.MISSING else one.default
