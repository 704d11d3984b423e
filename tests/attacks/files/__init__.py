"""Attacks by the handed-in files: every module has `tamper(notebook, name) -> {file name: bytes}`."""
