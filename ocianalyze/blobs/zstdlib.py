"""zstd from the standard library, or before Python 3.14 from its backport. Imported where it is used."""

import sys

if sys.version_info >= (3, 14):
    from compression import zstd as zstd
else:
    from backports import zstd as zstd

__all__ = ["zstd"]
