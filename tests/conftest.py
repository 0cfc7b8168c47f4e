"""One thread for linear algebra, before anybody imports it: two tests run at once on two cores."""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
