"""Outputs of a student's notebook as text and pictures: no HTML, script or SVG of his reaches anybody's browser."""

from __future__ import annotations

import re
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

MAX_TEXT = 200_000  # characters of one output
MAX_PICTURE = 4_000_000  # characters of one picture in base64
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
PICTURE = re.compile(r'src="data:image/png;base64,([A-Za-z0-9+/=]+)"')


def plain_outputs(outputs: list[Any]) -> list[NotebookNode]:
    """Outputs as text and pictures.

    Pictures inside HTML (the course's figures carry their alt text that way) become pictures.
    """
    kept = []
    for output in outputs:
        if not isinstance(output, dict):
            continue
        kind, data = output.get("output_type"), output.get("data")
        if kind == "stream":
            name = "stderr" if output.get("name") == "stderr" else "stdout"
            kept.append(new_output("stream", name=name, text=_text(output.get("text"))[:MAX_TEXT]))
        elif kind == "error":
            lines = output.get("traceback")
            lines = [line for line in lines if isinstance(line, str)][-100:] if isinstance(lines, list) else []
            ename, evalue = _text(output.get("ename"))[:200], _text(output.get("evalue"))[:2000]
            kept.append(
                new_output("error", ename=ename, evalue=evalue, traceback=[_text(line)[:MAX_TEXT] for line in lines])
            )
        elif kind in ("display_data", "execute_result") and isinstance(data, dict):
            kept += _plain_display(data)
    return kept


def pictures_of(data: dict[str, Any]) -> list[tuple[str, str]]:
    """The pictures among data by type, in base64; nothing that could hold a script."""
    found = [(mime, _text(data[mime])) for mime in ("image/png", "image/jpeg") if mime in data]
    return [(mime, code) for mime, code in found if len(code) <= MAX_PICTURE and BASE64.fullmatch(code)]


def _plain_display(data: dict[str, Any]) -> list[NotebookNode]:
    inside = PICTURE.findall(_text(data.get("text/html"))[:MAX_PICTURE])
    pictures = pictures_of(data) + [("image/png", code) for code in inside]
    text = {"text/plain": _text(data["text/plain"])[:MAX_TEXT]} if "text/plain" in data else {}
    if not pictures:
        return [new_output("display_data", data=text)] if text else []
    return [new_output("display_data", data={mime: code, **text}) for mime, code in pictures[:20]]


def _text(value: Any) -> str:
    """Text that can be written to a file: a kernel may send half a character (a lone surrogate)."""
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    return value.encode(errors="replace").decode() if isinstance(value, str) else ""
