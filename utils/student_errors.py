"""Say in one line what a student's code raised and in which of its own lines; it catches nothing."""

import linecache
import os
import sysconfig
import traceback
from pathlib import Path
from types import CodeType, TracebackType

# Lines of these folders are never the student's; both spellings, as a folder may be reached through a link.
_HERE = Path(__file__).parent
_LIBRARIES = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
_NOT_THE_STUDENTS = tuple(
    {str(folder) + os.sep for folder in (_HERE, _HERE.resolve())}
    | {os.path.realpath(folder) + os.sep for folder in _LIBRARIES}
    | {folder + os.sep for folder in _LIBRARIES}
    | {"<frozen ", "<__array_function__"}
)


def describe(error: BaseException, *, check: CodeType | None = None) -> str:
    """Name type, place and message: `IndexError in your forward, line 5 (out[i, j] = 0): index 4 is out of bounds`.

    The place is the innermost line that is the student's; in a notebook lines count from the top of the cell. `check` is
    the code of the check that ran it, whose lines are not the student's either.

    >>> describe(ValueError("no shape"))
    'ValueError when the check called your code or used what it returned: no shape'
    """
    where = None if isinstance(error, SyntaxError) else _place(error.__traceback__, check)
    message = shorten(one_line(error))
    start = f"{type(error).__name__} {where or 'when the check called your code or used what it returned'}"
    return f"{start}: {message}" if message else start


def one_line(error: BaseException) -> str:
    """Return the message of an exception on one line, even where the exception cannot say it."""
    try:
        return " ".join(str(error).split())
    except Exception:  # noqa: BLE001 - an exception class of the student may break even here
        return "an error whose message cannot be shown"


def shorten(text: str, length: int = 160) -> str:
    """Return the text on one line of at most `length` characters.

    >>> shorten("a very long\\n message", 12)
    'a very lo...'
    """
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 3] + "..."


def _place(trace: TracebackType | None, check: CodeType | None) -> str | None:
    name = place = None
    for frame, line in traceback.walk_tb(trace):
        code = frame.f_code
        if code is check or code.co_filename.startswith(_NOT_THE_STUDENTS):
            continue
        if name is None or not code.co_name.startswith("<"):  # a comprehension or lambda is part of its function
            name = code.co_name if not code.co_name.startswith("<") else "code"
        source = shorten(linecache.getline(code.co_filename, line, frame.f_globals), 60)
        place = f"in your {name}, line {line}" + (f" ({source})" if source else "")
    return place
