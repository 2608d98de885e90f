"""The command line: parse, call the api, write or show, exit."""
