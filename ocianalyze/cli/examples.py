"""EXAMPLES: two or three command lines for every command, shown below its help and in docs/commands.md."""

from __future__ import annotations

from collections.abc import Mapping

EXAMPLES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "browse": (
        ("ocianalyze image.tar", "Walk through an image."),
        ("ocianalyze browse image.tar --base base.tar", "Count the layers of base.tar as the base image."),
    ),
    "report": (
        ("ocianalyze report image.tar", "Show what is in an image and what to change, on one screen."),
        ("ocianalyze report image.tar -o report.html -o report.json", "Write a page and a document beside it."),
        ("ocianalyze report image.tar --max-wasted 20MB --user-not-root", "Fail where a rule is broken."),
    ),
    "layers": (
        ("ocianalyze layers image.tar", "Show the steps of the build, as docker history does."),
        ("ocianalyze layers image.tar --csv", "Write them for a spreadsheet."),
    ),
    "changes": (
        ("ocianalyze changes image.tar --layer 3", "Show what layer 3 added, changed and removed."),
        ("ocianalyze changes image.tar --json", "Write every change of every layer, a line each."),
    ),
    "dockerfile": (
        ("ocianalyze dockerfile image.tar", "Show the Dockerfile that the history tells."),
        ("ocianalyze dockerfile image.tar > Dockerfile", "Keep it."),
    ),
    "diff": (
        ("ocianalyze diff old.tar new.tar", "Show where the image grew and what a host has to pull."),
        ("ocianalyze diff old.tar new.tar --content /srv/app/site/index.html", "Show how one file differs."),
        ("ocianalyze diff old.tar new.tar --max-growth 3%", "Fail where the image grew by more."),
    ),
    "ls": (
        ("ocianalyze ls image.tar /etc -l", "List a directory with all columns."),
        ("ocianalyze ls image.tar -R --sort size", "List every file, the largest first."),
        ("ocianalyze ls image.tar /srv --layer 5", "List a directory as it was after layer 5."),
    ),
    "tree": (
        ("ocianalyze tree image.tar --depth 2", "Show where the bytes are, two levels deep."),
        ("ocianalyze tree image.tar /usr --dirs", "Show the directories below /usr."),
    ),
    "find": (
        ("ocianalyze find image.tar --deleted --size +100k", "Find what was deleted and is still stored."),
        ("ocianalyze find image.tar --mode world-writable", "Find what everybody may write."),
        ("ocianalyze find image.tar /etc --name 'pass*'", "Find files by name."),
    ),
    "largest": (
        ("ocianalyze largest image.tar --top 10", "List the ten largest files."),
        ("ocianalyze largest image.tar --dirs", "List the largest directories."),
    ),
    "duplicates": (
        ("ocianalyze duplicates image.tar", "List what is stored more than once."),
        ("ocianalyze duplicates image.tar --min-size 10000", "Leave out small files."),
    ),
    "history": (
        ("ocianalyze history image.tar /etc/passwd", "Show which layers wrote a file."),
        ("ocianalyze history image.tar /srv/app/.env", "Show which layer deleted it, and which still stores it."),
    ),
    "cat": (
        ("ocianalyze cat image.tar /etc/passwd", "Show a file."),
        ("ocianalyze cat image.tar /srv/app/.env --layer 5", "Show a file that was deleted after layer 5."),
    ),
    "grep": (
        ("ocianalyze grep image.tar root /etc", "Search the files below /etc."),
        ("ocianalyze grep image.tar 'PRIVATE KEY' --all-layers -l", "Name every stored copy of a key."),
    ),
    "extract": (
        ("ocianalyze extract image.tar /etc /srv -o files", "Copy directories out of the image."),
        ("ocianalyze extract image.tar /srv/app/.env --layer 5 -o deleted", "Copy out what was deleted."),
    ),
    "export": (
        ("ocianalyze export image.tar -o files.tar", "Write all files as a tar."),
        ("ocianalyze export image.tar --squash -o squashed.tar", "Write an image of one layer."),
    ),
    "convert": (
        ("ocianalyze convert image.tar --to docker-archive -o docker.tar", "Write what docker load takes."),
        ("ocianalyze convert image.tar --compress zstd -o smaller.tar", "Compress the layers with zstd."),
    ),
    "verify": (
        ("ocianalyze verify image.tar", "Check every digest, document and layer."),
        ("ocianalyze verify image.tar --errors-only --json", "Write what is wrong, a line each."),
    ),
}
"""Name of a command -> command lines, each with a sentence that says what it is for."""


def epilog(name: str) -> str | None:
    """The examples of the command *name* as typer shows them below its help."""
    shown = "\n".join(f"  {line}\n      {meaning}" for line, meaning in EXAMPLES.get(name, ()))
    # A bracket would begin markup.
    return "[bold]Examples[/bold]\n" + shown.replace("[", "\\[") if shown else None
