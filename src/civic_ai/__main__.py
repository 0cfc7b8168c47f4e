"""``python -m civic_ai``: the same as ``civic-ai``, where scripts are not on the path."""

import sys

from civic_ai.cli import main

if __name__ == "__main__":
    sys.exit(main())
