"""Forks until nothing can be forked any more (at most 2,000 times)."""

import os
import time

for _ in range(2000):
    try:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
    except OSError as error:
        print(error)
        break
