"""``python -m civic_ai.cli``."""

import sys

from civic_ai.cli.main import main

sys.exit(main())
