"""Groups of options: a command takes each as one value, and typer sees the options in it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, ClassVar, Self, dataclass_transform, get_origin, get_type_hints

import typer


def option(help_text: str, *names: str, metavar: str = "", panel: str | None = None, **more: Any) -> Any:
    """An option that shows no default; an empty *metavar* is that of a switch."""
    return typer.Option(*names, metavar=metavar, help=help_text, rich_help_panel=panel, show_default=False, **more)


def top_option(help_text: str, *, least: int = 0, show_default: bool = False) -> Any:
    """--top, which says how many rows a list shows, the same for every command that cuts one."""
    return typer.Option("--top", "-n", metavar="N", min=least, help=help_text, show_default=show_default)


@dataclass_transform(kw_only_default=True, eq_default=False)
class Options:
    """A group: a class whose fields are annotated as the parameters of a command would be.

    A list is an option that can be given several times; it has no default and is empty when it is not given. A group is
    no dataclass: making a dataclass takes half a millisecond, and every start of the program would make all of them.
    """

    goes_last: ClassVar[bool] = False
    """Whether its options come after those of the command itself."""

    def __init__(self, **given: Any) -> None:
        """Take the value of each field by its name."""
        self.__dict__.update(given)

    @classmethod
    def parameters(cls) -> list[inspect.Parameter]:
        """A parameter of a command for each option of the group."""
        return _parameters(cls)  # type: ignore[arg-type]  # what a transform makes is taken for unhashable

    @classmethod
    def from_given(cls, given: dict[str, Any]) -> Self:
        """A group with its values out of *given*, which maps names of parameters to values and loses those."""
        return cls(**{one.name: given.pop(one.name) for one in cls.parameters()})

    def replaced(self, **changes: Any) -> Self:
        """A copy of the group with other values of some fields."""
        return type(self)(**(self.__dict__ | changes))


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """*command*, which takes groups of options, as one that takes the options in them."""
    taken = list(inspect.signature(command, eval_str=True).parameters.values())
    groups = {one.name: one.annotation for one in taken if _is_group(one)}

    def run(**given: Any) -> None:
        made = {name: group.from_given(given) for name, group in groups.items()}
        command(**given, **made)

    run.__name__, run.__doc__ = command.__name__, command.__doc__
    parameters = list(_taken_apart(taken))
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    # typer reads a command's options from its signature.
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return run


def _taken_apart(parameters: list[inspect.Parameter]) -> Iterator[inspect.Parameter]:
    """*parameters* with the options of each group in its place; those of a group that goes last come last."""
    last: list[inspect.Parameter] = []
    for one in parameters:
        found = one.annotation.parameters() if _is_group(one) else [one]
        if _is_group(one) and one.annotation.goes_last:
            last += [part for part in found if part.default is not inspect.Parameter.empty]
            found = [part for part in found if part.default is inspect.Parameter.empty]
        yield from (part.replace(kind=inspect.Parameter.KEYWORD_ONLY) for part in found)
    yield from last


def _is_group(one: inspect.Parameter) -> bool:
    return isinstance(one.annotation, type) and issubclass(one.annotation, Options)


@cache
def _parameters(group: type[Any]) -> list[inspect.Parameter]:
    """A parameter for each field, those of a base class first."""
    return [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=hint, default=_default(group, name, hint))
        for name, hint in get_type_hints(group, include_extras=True).items()
        if get_origin(hint) is not ClassVar
    ]


def _default(group: type[Options], name: str, hint: Any) -> Any:
    """The default of a field: the value of its class attribute, or an empty list for a field that is a list."""
    usual: Any = [] if get_origin(hint.__origin__) is list else inspect.Parameter.empty
    return getattr(group, name, usual)
