"""Tests of what takes files out of images: queries, extraction, export, conversion, verification."""

import pytest

# No test module, yet it asserts: say what differed there too.
pytest.register_assert_rewrite("tests.query.judging")
