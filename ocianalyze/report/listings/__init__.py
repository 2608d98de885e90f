"""The output of commands on files and paths: lines for people, rows for programs."""
