"""Where things are on this machine that a kernel may see, and what it may not; it isolates nothing."""

from __future__ import annotations

import os
import sys
import sysconfig
from functools import lru_cache
from pathlib import Path

FRAMEWORKS = ("tensorflow", "keras", "torch", "jax", "scipy", "sklearn", "autograd", "theano", "cupy", "tinygrad")
INSIDE = Path(__file__).parent / "inside"
BOX = "/box"  # where a kernel in bubblewrap finds `utils`, and lives
MIB = 2**20
BOX_BYTES = 256 * MIB  # what a kernel may write in all


@lru_cache(maxsize=1)
def python_paths() -> tuple[str, ...]:
    """Folders of this Python and its environment, outside /usr."""
    found = [sys.prefix, sys.base_prefix, sys.exec_prefix, str(Path(sys.executable).resolve().parents[1])]
    paths = [p for p in dict.fromkeys(map(os.path.realpath, found)) if not p.startswith("/usr")]
    named = [p for p in dict.fromkeys(found) if not p.startswith("/usr")]  # as written in the environment's own files
    return tuple(p for p in dict.fromkeys([*paths, *named]) if not _inside_another(p, paths))


def _inside_another(path: str, paths: list[str]) -> bool:
    return any(path != other and Path(path).is_relative_to(other) for other in paths)


def sites() -> list[Path]:
    """Folders that hold installed packages."""
    names = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *(p for p in sys.path if "-packages" in p)}
    return [Path(name) for name in sorted(names) if Path(name).is_dir()]
