"""Where PyInstaller begins: the same launcher as the console script."""

import sys

from khaothi.launcher import main

sys.exit(main())
