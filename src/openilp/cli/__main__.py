"""Let `python -m openilp.cli` be the command line."""

import sys

from openilp.cli.main import main

sys.exit(main())
