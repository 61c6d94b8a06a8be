"""``python -m lithograph.server`` is the command ``lithograph``."""

from __future__ import annotations

import sys

from lithograph.server.app import main

sys.exit(main())
