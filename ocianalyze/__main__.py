"""`python -m ocianalyze`."""

from ocianalyze.cli.start import main

main()
