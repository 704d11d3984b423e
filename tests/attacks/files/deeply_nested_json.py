"""Hands in JSON that is nested a million times."""


def tamper(notebook, name):
    return {name: b'{"cells": ' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}"}
