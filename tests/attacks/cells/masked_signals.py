"""Masks every signal it can and sleeps for ever."""

import signal
import time

signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
signal.signal(signal.SIGINT, signal.SIG_IGN)
time.sleep(10**6)
