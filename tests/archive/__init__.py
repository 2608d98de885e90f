import pytest

# No test modules, yet they assert: say what differed there too.
pytest.register_assert_rewrite("tests.archive.loading", "tests.archive.scanning")
