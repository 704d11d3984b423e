"""A student's Markdown as it may stand in a page: no HTML, no script behind a link, and no more than can be rendered."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

import nbformat
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from autograder.intake.outputs import pictures_of

# nbconvert takes a second for 20,000 hostile characters, and a hundred for ten times as many.
MAX_CELL, MAX_ALL = 20_000, 60_000  # characters of the student's own, of one cell and of all
CUT = "\n\n(the rest of this text is too long to be shown)"
PAGE = re.compile(r"(?:https?:|mailto:)[^\x00-\x20]*|[^:]*", re.IGNORECASE)  # what a link may lead to
TEX_COMMANDS = re.compile(r"\\(?:href|cssId|class|style|require|unicode)\b")


@dataclass
class Texts:
    """Takes over the texts of one notebook; so many characters are still shown."""

    left: int = MAX_ALL

    def write(self, cell: NotebookNode, theirs: NotebookNode) -> NotebookNode:
        """Puts the student's text into a cell, with the pictures that were pasted into it."""
        found = {
            name: pictures_of(data) for name, data in theirs.get("attachments", {}).items() if isinstance(data, dict)
        }
        attachments = {name: dict(pictures) for name, pictures in found.items() if pictures}
        if attachments:
            cell.attachments = nbformat.from_dict(attachments)
        text, most = harmless_markdown(theirs.source), max(0, min(self.left, MAX_CELL))
        if len(text) > most:
            text = text[: max(0, most - len(CUT))] + CUT
        self.left -= len(text)
        cell.source = _renderable(text, attachments)
        return cell


def harmless_markdown(text: str) -> str:
    """A student's Markdown without raw HTML and without the TeX commands that make links or attributes.

    >>> harmless_markdown("1 < 2, <script>x</script>")
    '1 < 2, &lt;script>x&lt;/script>'
    """
    return TEX_COMMANDS.sub("", re.sub(r"<(?=[A-Za-z/!?])", "&lt;", text))


def _renderable(text: str, attachments: dict[str, Any]) -> str:
    """The text, or what can be shown of it.

    nbconvert lets `javascript:` links through, and makes no page at all of a notebook in which a pasted picture is missing.
    """
    if "](" not in text and "]:" not in text:
        return text
    no_pictures = text.replace("![", "[")
    for shown in (text, no_pictures, no_pictures.replace("](", "] (").replace("]:", "] :")):
        try:
            links = _links(shown, attachments)
        except Exception:  # noqa: BLE001 - nbconvert and its parser raise anything
            continue
        if all(PAGE.fullmatch(html.unescape(link).strip()) for link in links):
            return shown
    return "(this text cannot be shown)"


class _Links(IPythonRenderer):  # type: ignore[misc]
    """nbconvert's, which keeps the targets of all links: entities, references and tables are resolved by then."""

    def __init__(self, **settings: Any):
        super().__init__(**settings)
        self.links: list[str] = []

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """A link."""
        self.links.append(url)
        return str(super().link(text, url, title))


def _links(text: str, attachments: dict[str, Any]) -> list[str]:
    renderer = _Links(escape=False, attachments=attachments)
    MarkdownWithMath(renderer=renderer).render(text)
    return renderer.links
