"""Where PyInstaller begins: the same launcher as the console script, and the process that looks at faces for a station."""

import sys

from khaothi.launcher import main

if sys.argv[1:] == ["face-worker"]:  # as reader.adapters.face_process starts it
    from reader.adapters.face_worker import main as look_at_faces

    look_at_faces()
sys.exit(main())
