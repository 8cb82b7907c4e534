"""`python -m coursepkg` is the `coursepkg` command."""

import sys

from coursepkg.cli import main

sys.exit(main())
