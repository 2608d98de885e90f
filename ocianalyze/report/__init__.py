"""Reports: values that are composed of an Analysis, and the formats in which they are written."""

from typing import Final

REPORT_SCHEMA: Final = "ocianalyze-report/1"
"""The `schema` of a JSON report; here, so that `--version` can print it without importing the report."""
DIFF_SCHEMA: Final = "ocianalyze-diff/1"
"""The `schema` of a JSON comparison."""
