"""`python -m ocianalyze`."""

from ocianalyze.cli.app import main

main()
