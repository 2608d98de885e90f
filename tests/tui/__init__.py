import pytest

# No test modules, yet they assert: say what differed there too.
pytest.register_assert_rewrite("tests.tui.acting", "tests.tui.keys", "tests.tui.loads", "tests.tui.sample")
