"""The one door for programs, the command line and the TUI."""
