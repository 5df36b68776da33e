"""``python -m probstats`` is the command line."""

import sys

from probstats.cli import main

sys.exit(main())
