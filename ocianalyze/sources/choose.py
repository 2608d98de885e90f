"""Which of the images that an archive offers is meant: by name, by platform, or because there is but one."""

from __future__ import annotations

import platform as host
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

from ocianalyze.errors import AmbiguousImageError, ArchiveError, Choose, UsageError, brief
from ocianalyze.model.amount import counted
from ocianalyze.model.documents import Platform
from ocianalyze.model.finding import Finding
from ocianalyze.sources.candidate import Candidate

_MACHINES = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64", "armv7l": "arm", "i686": "386", "i386": "386"}
_REGISTRIES = ("docker.io/library/", "docker.io/", "index.docker.io/library/", "localhost/")

_LISTED = 20
"""How many choices an error lists."""

T = TypeVar("T")
PlatformOf = Callable[[Candidate], Platform | None]


def choose(
    candidates: Sequence[Candidate], *, image: str | None, platform: str | None, platform_of: PlatformOf
) -> tuple[Candidate, tuple[Finding, ...]]:
    """The one candidate that is meant, and what a person should know about the choice.

    Artifacts, and manifests that an index lists but the archive lacks, are chosen by digest or where nothing else is.
    """
    matching, notices = of_one_image(candidates, image=image, platform=platform, platform_of=platform_of)
    if len(matching) > 1:
        matching, by_host = _by_host(matching, platform_of)
        notices = (*notices, *by_host)
    [chosen] = matching
    return chosen, notices


def of_one_image(
    candidates: Sequence[Candidate], *, image: str | None, platform: str | None, platform_of: PlatformOf
) -> tuple[list[Candidate], tuple[Finding, ...]]:
    """The candidates of the one image that is meant, one for each platform, and what to know of its name."""
    if not candidates:
        raise ArchiveError("the archive's table of contents lists no image", hint="save the image again, naming it")
    matching, notices = _by_image(candidates, image) if image is not None else (list(candidates), ())
    if not (image and ":" in image and any(image in candidate.digests[:1] for candidate in matching)):
        matching = [candidate for candidate in matching if not candidate.artifact] or _only_artifact(matching)
        matching = [candidate for candidate in matching if candidate.present] or matching
    if platform is not None:
        matching = _by_platform(matching, platform, platform_of)
    groups = _groups(matching)
    if len(groups) > 1:
        numbers = {group: number for number, group in enumerate(_groups(candidates))}
        raise AmbiguousImageError(
            f"the archive holds {len(groups)} images",
            choices=_listed(groups, lambda group: _choice(numbers[group], group, matching, platform_of)),
            remedy=Choose("image"),
        )
    return matching, notices


def parse_platform(text: str) -> Platform:
    """`os/arch[/variant]` as a Platform; UsageError when it is spelled otherwise."""
    parts = text.split("/")
    if len(parts) not in (2, 3) or not all(parts):
        raise UsageError(f"{text!r} is no platform", hint="expected os/arch or os/arch/variant, such as linux/arm64")
    return Platform(os=parts[0], architecture=parts[1], variant=parts[2] if len(parts) == 3 else None)


def _only_artifact(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The one artifact in a source, or under a name, that has no image; ArchiveError where there are several."""
    if len(candidates) == 1:
        return list(candidates)
    kinds = Counter(candidate.artifact.kind for candidate in candidates if candidate.artifact)
    listed = ", ".join(counted(count, kind) for kind, count in kinds.items())
    raise ArchiveError(f"there is no image, only {listed}", hint="only images with layers of files can be analysed")


def _by_image(candidates: Sequence[Candidate], wanted: str) -> tuple[list[Candidate], tuple[Finding, ...]]:
    """What *wanted* chooses: a name, a number in the list (`@1`, or `1` if that is no name) or a digest."""
    groups = _groups(candidates)
    named = [candidate for candidate in candidates if wanted in candidate.aliases]
    number = wanted.removeprefix("@")
    if number.isdecimal() and len(number) < 6 and not (named and number == wanted):
        if int(number) >= len(groups):
            raise UsageError(f"there is no image {number}", hint=f"the archive holds {len(groups)}, counted from 0")
        return [candidate for candidate in candidates if candidate.group == groups[int(number)]], ()
    if named and number.isdecimal() and int(number) < len(groups):
        other = groups[int(number)]
        if any(candidate.group != other for candidate in named):
            message = f"{wanted} is the name of one image and the number of another; @{wanted} chooses by number"
            return named, (Finding(code="image-chosen", message=message),)
    for matches in (_names_it, _names_its_repository, _digest_begins):
        found = [candidate for candidate in candidates if matches(candidate, wanted)]
        if found:
            return found, ()
    known = sorted({brief(candidate.label) for candidate in candidates if not candidate.artifact})
    raise UsageError(f"the archive holds no image {wanted!r}", hint="it holds " + ", ".join(known[:_LISTED]))


def _names_it(candidate: Candidate, wanted: str) -> bool:
    return any(_plain(wanted) in (_plain(name), _plain(name) + ":latest") for name in candidate.aliases)


def _names_its_repository(candidate: Candidate, wanted: str) -> bool:
    return any(_plain(name).rpartition(":")[0] == _plain(wanted) for name in candidate.aliases)


def _digest_begins(candidate: Candidate, wanted: str) -> bool:
    if len(wanted) < 6:
        return False
    return any(digest.startswith(wanted) or digest.partition(":")[2].startswith(wanted) for digest in candidate.digests)


def _plain(name: str) -> str:
    return next((name[len(prefix) :] for prefix in _REGISTRIES if name.startswith(prefix)), name)


def _by_platform(candidates: Sequence[Candidate], wanted: str, platform_of: PlatformOf) -> list[Candidate]:
    want = parse_platform(wanted)
    found = [candidate for candidate in candidates if _fits(platform_of(candidate), want)]
    if not found:
        offered = sorted({str(platform_of(candidate) or "unknown") for candidate in candidates})
        raise UsageError(f"there is no image for {wanted}", hint="there is " + ", ".join(offered[:_LISTED]))
    exact = [candidate for candidate in found if platform_of(candidate) == want]
    return exact or found


def _fits(platform: Platform | None, want: Platform) -> bool:
    return bool(
        platform
        and platform.os == want.os
        and platform.architecture == want.architecture
        and want.variant in (None, platform.variant)
    )


def _by_host(candidates: Sequence[Candidate], platform_of: PlatformOf) -> tuple[list[Candidate], tuple[Finding, ...]]:
    machine = host.machine()
    here = Platform(os="linux", architecture=_MACHINES.get(machine, machine))
    found = [candidate for candidate in candidates if _fits(platform_of(candidate), here)]
    platforms = sorted({str(platform_of(candidate) or "unknown") for candidate in candidates})
    if len(found) != 1:
        raise AmbiguousImageError(
            f"the image is there for {len(candidates)} platforms",
            choices=_listed(candidates, lambda one: f"{_named(platform_of(one))}  {one.digests[0]}"),
            remedy=Choose("platform"),
        )
    message = (
        f"the archive offers {', '.join(platforms[:_LISTED])}; this is {here}, chosen because it is this machine's"
    )
    return found, (Finding(code="platform-chosen", message=message),)


def _choice(number: int, group: str, candidates: Sequence[Candidate], platform_of: PlatformOf) -> str:
    members = [candidate for candidate in candidates if candidate.group == group]
    platforms = ", ".join(_named(platform_of(candidate)) for candidate in members[:_LISTED])
    return f"{number}  {brief(members[0].label)}  ({platforms})"


def _named(platform: Platform | None) -> str:
    return platform.full if platform else "unknown"


def _groups(candidates: Sequence[Candidate]) -> list[str]:
    """One for each image, in order."""
    return list(dict.fromkeys(candidate.group for candidate in candidates if not candidate.artifact))


def _listed(items: Sequence[T], line: Callable[[T], str]) -> tuple[str, ...]:
    """A line for each of *items*, up to what a person would read."""
    lines = [line(item) for item in items[:_LISTED]]
    return (*lines, *([f"... and {len(items) - _LISTED} more"] if len(items) > _LISTED else []))
