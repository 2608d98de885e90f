"""ocianalyze looks inside container images."""

__version__ = "0.1.0"
