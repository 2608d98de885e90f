"""Speed and memory of real work, beside yardsticks in the same run: `python -m tests.benchmarks --help`."""
