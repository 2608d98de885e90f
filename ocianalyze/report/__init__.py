"""Presenters over one result model: each format lays out what it is given."""

from typing import Final

REPORT_SCHEMA: Final = "ocianalyze-report/1"
"""What the JSON report says it is; here, so that `--version` can say it without loading the report."""
DIFF_SCHEMA: Final = "ocianalyze-diff/1"
"""The same of a comparison."""
