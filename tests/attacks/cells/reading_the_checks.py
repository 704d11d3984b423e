"""Searches the disk for hidden tests, solutions, the gradebook and other students' work."""

import os
from pathlib import Path

found = []
for top in ("/work", "/home", "/root", "/srv", "/repo", "/github", "/opt", "/mnt", "..", "../..", "../../../.."):
    for folder, _, names in os.walk(top):
        for name in names:
            if name in ("gradebook.db", "conv_layers.py") and "utils" not in folder:
                try:
                    Path(folder, name).read_bytes()
                    found.append(os.path.join(folder, name))
                except OSError:
                    pass
assert not found, found
