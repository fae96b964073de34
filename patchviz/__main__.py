"""``python -m patchviz``: the same as the ``patchviz`` command."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
