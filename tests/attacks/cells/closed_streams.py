"""Closes stdout, stderr, and every file descriptor it finds."""

import os
import sys

sys.stdout.close()
sys.stderr.close()
for number in range(200):
    try:
        os.close(number)
    except OSError:
        pass
