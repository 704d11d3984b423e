"""Ends the process from a thread, half a second after the cell is done."""

import os
import threading
import time


def leave():
    time.sleep(0.5)
    os._exit(0)


threading.Thread(target=leave).start()
