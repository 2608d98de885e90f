"""Remedies in the words of the command line: the one place where a remedy is worded with a `--option`."""

from __future__ import annotations

from ocianalyze.errors import (
    AllowMissingLayers,
    Choose,
    ChooseCompression,
    ForgoOwners,
    GiveBaseline,
    OcianalyzeError,
    Overwrite,
    RaiseLimit,
    ReadRootFiles,
    Remedy,
    SkipVerification,
    ViewLayer,
    WriteReport,
    joined,
)

_WORDS: dict[type[Remedy], str] = {
    RaiseLimit: "raise the safety limit with --limit {0.name}=NUMBER if the image is to be trusted",
    SkipVerification: "skip the check with --no-verify",
    AllowMissingLayers: "use --partial to analyse the other layers",
    ReadRootFiles: "--rootfs reads it as an image of one layer",
    ViewLayer: "--layer {0.layer} shows it as it was before",
    Overwrite: "--force replaces it",
    ForgoOwners: "leave out --owners",
    ChooseCompression: "choose --compress {0.listed}",
    GiveBaseline: "--baseline names an earlier report or image",
    WriteReport: "ocianalyze report OLD-IMAGE --json -o old.json makes one",
}
_CHOICES = {
    "image": "choose one with {image} NAME, {image} INDEX (its number in this list) or {image} DIGEST",
    "platform": "choose one with {platform} OS/ARCH[/VARIANT] or {image} DIGEST",
}


def suggestion(error: OcianalyzeError) -> str | None:
    """The hint and the remedy of *error* in one line; None where it has neither."""
    return joined(error.hint, None if error.remedy is None else worded(error.remedy))


def worded(remedy: Remedy) -> str:
    """*remedy* as somebody at a command line would carry it out."""
    if not isinstance(remedy, Choose):
        return _WORDS[type(remedy)].format(remedy)
    if remedy.side == "base":
        return "give --base an archive of that image alone, or say --base-layers N"
    before = f"--{remedy.side}-" if remedy.side else "--"
    return _CHOICES[remedy.what].format(image=f"{before}image", platform=f"{before}platform")
