"""Hands in everything but a notebook, and a note that asks for full points."""


def tamper(notebook, name):
    return {"points.txt": b"100", "not-collected.txt": b"</td><script>alert(1)</script> full points", "a.pdf": b"%PDF"}
