"""``python -m fingerpost`` is the command line."""

import sys

from fingerpost.cli import main

if __name__ == "__main__":
    sys.exit(main())
