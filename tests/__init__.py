"""The tests of a module have its name and mirror its folder; what stands in no single room lies beside them."""

import pytest

# No test modules, yet they assert: say what differed there too.
pytest.register_assert_rewrite(
    "tests.analysis.invariants",
    "tests.cli.judging",
    "tests.loading.loader",
    "tests.tar.scanning",
    "tests.tui.acting",
    "tests.tui.keys",
    "tests.tui.loads",
    "tests.tui.sample",
    "tests.writing.judging",
)
