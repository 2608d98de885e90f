"""Secrets that a later layer deletes: files that are called like keys, passwords and tokens, by their last two names.

Names come from the image, so each question is one pass over a name: no regular expression looks at it.
"""

from __future__ import annotations

from ocianalyze.analysis.checks.check import WasteCheck
from ocianalyze.analysis.waste.waste import WasteCause
from ocianalyze.model.finding import Level

_NAMES = frozenset(
    (".env", ".netrc", ".npmrc", ".pypirc", ".git-credentials", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519")
)
_IN_DIRECTORIES = frozenset(((".aws", "credentials"), (".docker", "config.json")))
_KINDS_OF_KEYS = ("deploy", "private", "secret")
_STORES = frozenset(("pem", "p12", "pfx", "jks", "kdbx"))
_EXAMPLES = frozenset((".env.example", ".env.sample", ".env.template", ".env.dist"))
_PUBLIC = ("cert", "chain", "bundle", "public")
_SOURCES = frozenset(
    (
        *("py", "pyc", "pyi", "js", "jsx", "ts", "tsx", "htm", "html", "md", "rst"),
        *("c", "h", "hpp", "go", "rb", "php", "java", "class", "so"),
    )
)


def is_secret(path: str) -> bool:
    """Whether *path* is called like a secret, and not like a certificate, an example or source code."""
    directory, _, name = path.lower().rpartition("/")
    above = directory.rpartition("/")[2]
    return _is_called_like_a_secret(above, name) and not _is_called_like_something_else(above, name)


def _is_called_like_a_secret(above: str, name: str) -> bool:
    if name in _NAMES or (above, name) in _IN_DIRECTORIES or (name.startswith(".env.") and len(name) > len(".env.")):
        return True
    stem, dot, extension = name.rpartition(".")
    if dot and stem and extension in _STORES:
        return True
    ends = [at + len(kind) for kind in _KINDS_OF_KEYS if (at := name.find(kind)) >= 0]
    return bool(ends) and name.find("key", min(ends)) >= 0


def _is_called_like_something_else(above: str, name: str) -> bool:
    if name in _EXAMPLES:
        return True
    stem, dot, extension = name.rpartition(".")
    if dot and stem and extension in _SOURCES:
        return True
    if "key" in name:
        return False
    if above == "certs":
        return True
    is_authority = "ca" in stem.replace("_", "-").replace(".", "-").split("-")
    return extension == "pem" and (is_authority or any(word in stem for word in _PUBLIC))


SECRET = WasteCheck(
    code="secret",
    meaning="A file that is called like a secret was deleted by a later layer, and can still be read.",
    level=Level.WARNING,
    causes=(WasteCause.DELETED, WasteCause.OPAQUE),
    fits_path=is_secret,
    is_pressing=True,
    remedy="a secret can still be read from layer {written}: rotate it, and use RUN --mount=type=secret instead",
)
