"""What every kernel finds when it wakes: its variables and matplotlib's list of fonts; it starts nothing."""

from __future__ import annotations

import functools
from pathlib import Path


def kernel_environment(box: str) -> dict[str, str]:
    """All variables that a student's kernel gets, PATH left out."""
    return {
        "HOME": f"{box}/home",
        "USER": "student",
        "IPYTHONDIR": f"{box}/home/.ipython",
        "TMPDIR": f"{box}/home",
        "MPLCONFIGDIR": f"{box}/home/matplotlib",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "LANG": "C.UTF-8",
        "PYTHONNOUSERSITE": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # its warning about frozen modules concerns debugging alone
        "NBGRADER_EXECUTION": "autograde",
    }


@functools.lru_cache(maxsize=1)
def font_lists() -> tuple[Path, ...]:
    """Matplotlib's font cache, made once: without it every kernel would search the fonts of the machine for seconds."""
    import matplotlib
    import matplotlib.font_manager

    return tuple(Path(matplotlib.get_cachedir()).glob("fontlist-*.json"))
