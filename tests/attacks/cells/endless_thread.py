"""Keeps a thread busy and another one printing, long after the cell."""

import threading


def spin():
    while True:
        pass


def talk():
    while True:
        print("100.0")


for work in (spin, talk):
    threading.Thread(target=work, daemon=True).start()
