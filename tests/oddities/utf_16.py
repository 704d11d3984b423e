"""Saved as UTF-16, as Windows' Notepad once did."""

from tests.oddities import NAME, saved


def hand_in(solved):
    return {NAME: saved(solved)[NAME].decode().encode("utf-16")}
