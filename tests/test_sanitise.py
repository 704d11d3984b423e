"""Sanitising: what decides points comes from the release, the student's words stay, and nothing raises."""

from __future__ import annotations

import copy
import json

import nbformat
import pytest
from nbconvert import HTMLExporter
from nbconvert.filters import markdown2html_mistune
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder import cells
from autograder.intake.sanitise import closest_release, sanitise
from autograder.intake.texts import CUT, MAX_ALL, MAX_CELL


def cell(name, source, *, code=True, **flags):
    make = new_code_cell if code else new_markdown_cell
    flags = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3} | flags
    return make(source, id=name, metadata={"nbgrader": {"grade_id": name, **flags}})


@pytest.fixture
def release():
    return new_notebook(
        cells=[
            new_markdown_cell("# Title", id="title"),
            cell("setup", "import numpy as np", locked=True),
            cell("a-todo", "raise NotImplementedError('1.1 a')", solution=True),
            cell("a", "check.a(a)", grade=True, locked=True, points=5),
            new_code_cell("train()", id="train", metadata={"tags": ["experiment"]}),
            cell("why", "*Your answer here.*", code=False, grade=True, solution=True, points=5),
        ]
    )


def handed_in(notebook) -> bytes:
    return nbformat.writes(notebook).encode()


def sources(clean) -> list[str]:
    return [c.source for c in clean.notebook.cells]


def test_the_student_s_words_are_taken_and_nothing_else(release):
    theirs = copy.deepcopy(release)
    for c in theirs.cells:
        c.source = f"mine: {cells.key(c)}"
        c.metadata["tags"] = ["skip-execution"]
    clean = sanitise(handed_in(theirs), release)
    assert sources(clean) == [
        "# Title",
        "import numpy as np",
        "mine: a-todo",
        "check.a(a)",
        "mine: train",
        "mine: why",
    ]
    assert [c.metadata for c in clean.notebook.cells] == [c.metadata for c in release.cells]


def test_own_cells_stay_behind_the_cell_they_follow(release):
    theirs = copy.deepcopy(release)
    theirs.cells.insert(3, new_code_cell("helper = 1"))
    theirs.cells.insert(0, new_code_cell("first = 1"))
    clean = sanitise(handed_in(theirs), release)
    assert sources(clean)[0] == "first = 1"
    assert sources(clean)[4] == "helper = 1"
    assert sanitise(handed_in(clean.notebook), release).notebook == clean.notebook


def test_a_copied_cell_is_kept_as_the_student_s_own(release):
    theirs = copy.deepcopy(release)
    again = copy.deepcopy(theirs.cells[2])
    again["id"], again.source = "copy", "def a(): return 2"
    theirs.cells[2].source = "def a(): return 1"
    theirs.cells.insert(3, again)
    clean = sanitise(handed_in(theirs), release)
    assert sources(clean)[2:4] == ["def a(): return 1", "def a(): return 2"]
    assert "was there 2 times" in clean.notes[0]


def test_missing_and_moved_cells_come_back_in_the_order_of_the_release(release):
    theirs = copy.deepcopy(release)
    theirs.cells[2].source = "def a(): return 1"
    theirs.cells = [theirs.cells[5], theirs.cells[2]]
    clean = sanitise(handed_in(theirs), release)
    assert [cells.key(c) for c in clean.notebook.cells] == [cells.key(c) for c in release.cells]
    assert sources(clean)[2] == "def a(): return 1"
    assert clean.notes == ["the cell a was missing; it was put back"]


def test_ids_that_colab_keeps_in_the_metadata_are_recognised(release):
    theirs = json.loads(handed_in(release))
    theirs["nbformat_minor"] = 0
    for c in theirs["cells"]:
        c["metadata"]["id"] = c.pop("id")
        c["source"] = ["lr = 1\n", "train()"] if c["metadata"]["id"] == "train" else c["source"]
    clean = sanitise(json.dumps(theirs).encode(), release)
    assert sources(clean)[4] == "lr = 1\ntrain()"
    assert len(clean.notebook.cells) == len(release.cells)


def test_outputs_of_experiments_are_kept_as_text_and_pictures_only(release):
    theirs = copy.deepcopy(release)
    theirs.cells[4].outputs = [
        new_output("display_data", data={"text/html": "<script>alert(1)</script>", "text/plain": "table"}),
        new_output("display_data", data={"application/javascript": "alert(1)"}),
        new_output("display_data", data={"image/svg+xml": "<svg onload='alert(1)'/>", "image/png": "aGk="}),
        new_output("display_data", data={"text/html": '<img alt="loss" src="data:image/png;base64,aGk=">'}),
        new_output("display_data", data={"image/png": '"><script>alert(1)</script>'}),
        new_output("stream", name="stderr", text="epoch 1"),
    ]
    theirs.cells[3].outputs = [new_output("execute_result", data={"text/plain": "5.0"})]
    clean = sanitise(handed_in(theirs), release)
    kept = clean.notebook.cells[4].outputs
    assert [list(o.get("data", {"stream": 1})) for o in kept] == [
        ["text/plain"],
        ["image/png"],
        ["image/png"],
        ["stream"],
    ]
    assert "script" not in json.dumps(kept)
    assert clean.notebook.cells[3].outputs == []


BROKEN = {
    "nothing": b"",
    "blanks": b" \n ",
    "cut off": b'{"cells": [{"cell_type": "code", "source": "x',
    "no JSON": b"def f(): pass",
    "a list": b"[]",
    "a number": b"3",
    "no cells": b'{"nbformat": 4, "metadata": {}}',
    "cells that are no list": b'{"nbformat": 4, "cells": {"a": 1}}',
    "a format of the future": b'{"nbformat": 99, "cells": []}',
    "a format that is no number": b'{"nbformat": [4], "cells": []}',
    "deep nesting": b"[" * 200_000,
    "binary": bytes(range(256)) * 10,
    "a zip": b"PK\x03\x04" + b"\0" * 100,
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_read_gives_the_untouched_release_and_a_reason(name, release):
    clean = sanitise(BROKEN[name], release)
    assert clean.unreadable
    assert clean.notebook == release


ODD_CELLS = [
    None,
    3,
    {},
    {"cell_type": "code"},
    {"cell_type": "code", "source": 5, "metadata": []},
    {"cell_type": "code", "source": ["a", 1, "b"], "metadata": {"nbgrader": "x"}},
    {"cell_type": "code", "source": "x", "metadata": {"nbgrader": {"grade_id": {"a": 1}}}},
    {"cell_type": "alien", "source": "x"},
    {"cell_type": "code", "source": "x", "id": 7, "outputs": "none"},
]


def test_odd_cells_stop_nothing(release):
    theirs = json.loads(handed_in(release))
    theirs["cells"] = ODD_CELLS + theirs["cells"]
    clean = sanitise(json.dumps(theirs).encode(), release)
    assert not clean.unreadable
    nbformat.validate(clean.notebook)


@pytest.mark.parametrize(
    "encode", [lambda t: t.encode("utf-8-sig"), lambda t: t.encode("utf-16"), lambda t: t.encode()]
)
def test_other_encodings_and_line_ends_are_read(encode, release):
    theirs = copy.deepcopy(release)
    theirs.cells[2].source = "def a():\r\n    return 'ä'"
    clean = sanitise(encode(nbformat.writes(theirs)), release)
    assert sources(clean)[2] == "def a():\n    return 'ä'"


def test_a_notebook_of_format_3_is_converted(release):
    old = nbformat.convert(copy.deepcopy(release), 3)
    clean = sanitise(nbformat.writes(old, version=3).encode(), release)
    assert not clean.unreadable


def test_a_renamed_notebook_is_recognised_by_its_cells(release):
    other = new_notebook(cells=[cell("b-todo", "", solution=True)])
    assert closest_release(handed_in(release), {"other": other, "this": release}) == "this"
    assert closest_release(handed_in(new_notebook()), {"this": release}) is None
    assert closest_release(b"garbage", {"this": release}) is None


def test_markdown_of_a_student_brings_no_script(release):
    theirs = copy.deepcopy(release)
    theirs.cells[5].source = "a < b <img src=x onerror=alert(1)> $\\href{javascript:alert(1)}{x}$"
    theirs.cells.insert(1, new_markdown_cell("<script>alert(1)</script>"))
    text = "".join(sources(sanitise(handed_in(theirs), release)))
    assert "a < b &lt;img" in text
    assert "<script" not in text
    assert "href" not in text


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert(1))",
        "[x](java&#115;cript:alert(1))",
        "[x](JaVaScRiPt&colon;alert(1))",
        "[x][y]\n\n[y]: vbscript:alert(1)",
        "| a |\n|---|\n| [x](data:text/html,1) |",
        "~~[x](javascript:alert(1))~~ ![p](attachment:none.png)",
    ],
)
def test_a_link_of_a_student_leads_to_a_page_or_nowhere(release, text):
    theirs = copy.deepcopy(release)
    theirs.cells[5].source = text
    theirs.cells.insert(1, new_markdown_cell(text))
    clean = sanitise(handed_in(theirs), release)
    assert sanitise(handed_in(clean.notebook), release).notebook == clean.notebook
    pages = [markdown2html_mistune(cell.source) for cell in (clean.notebook.cells[1], clean.notebook.cells[-1])]
    assert not any("href" in page for page in pages)


@pytest.mark.parametrize("target", ["https://a.org/b?c=1:2&d", "mailto:a@b.org", "#there", "../data/a.csv"])
def test_other_links_of_a_student_stay(release, target):
    release.cells[5].source = f"see [x]({target})"
    assert sanitise(handed_in(release), release).notebook.cells[5].source == f"see [x]({target})"


def test_pictures_pasted_into_a_text_are_kept_and_a_missing_one_costs_no_page(release):
    picture, page = {"image/png": "aGVsbG8="}, {"text/html": "<script>", "image/svg+xml": "<svg>"}
    theirs = copy.deepcopy(release)
    theirs.cells[5].source = "![a](attachment:a.png)"
    theirs.cells[5].attachments = {"a.png": {**picture, **page}, "b.svg": page}
    theirs.cells.append(new_markdown_cell("![gone](attachment:gone.png)"))
    clean = sanitise(handed_in(theirs), release).notebook
    nbformat.validate(clean)
    assert clean.cells[5].attachments == {"a.png": picture} and "![a]" in clean.cells[5].source
    assert "![" not in clean.cells[6].source
    html, _ = HTMLExporter(template_name="basic").from_notebook_node(clean)
    assert "aGVsbG8=" in html and "<script>" not in html and "gone" in html


def test_a_text_that_nobody_can_render_in_time_is_cut(release):
    theirs = copy.deepcopy(release)
    theirs.cells += [new_markdown_cell("\\begin{a}" * 5000) for _ in range(9)]
    clean = sanitise(handed_in(theirs), release).notebook
    own = [cell.source for cell in clean.cells[6:]]
    assert len(own) == 9 and sum(map(len, own)) < MAX_ALL + 9 * len(CUT) and max(map(len, own)) <= MAX_CELL
    assert all(text.endswith(CUT) for text in own)
    assert sanitise(handed_in(clean), release).notebook == clean


def test_half_a_character_is_no_text(release):
    text = handed_in(release).replace(b"train()", b"'\\ud83d'")
    assert [c.source for c in sanitise(text, release).notebook.cells][4] == "'?'"


def bare(*sources) -> bytes:
    """A notebook whose cells lost ids and metadata; Markdown begins with #."""
    made = [{"cell_type": "markdown" if s.startswith("#") else "code", "source": s, "metadata": {}} for s in sources]
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": made}).encode()


def test_cells_without_ids_are_known_by_their_text_what_they_define_and_their_place(release):
    release.cells[2].source = "def a():\n    raise NotImplementedError('1.1 a')"
    theirs = bare("# Title", "import numpy as np", "def a():\n    return 1", "check.a(a)", "train()", "# my answer")
    clean = sanitise(theirs, release)
    assert sources(clean) == [
        "# Title",
        "import numpy as np",
        "def a():\n    return 1",
        "check.a(a)",
        "train()",
        "# my answer",
    ]
    assert clean.notes == []


def test_a_cell_that_defines_what_a_missing_todo_asks_for_takes_its_place(release):
    release.cells[2].source = "def a():\n    raise NotImplementedError('1.1 a')"
    theirs = copy.deepcopy(release)
    theirs.cells[2] = new_code_cell("def a():\n    return 1", id="mine")
    clean = sanitise(handed_in(theirs), release)
    assert sources(clean)[2] == "def a():\n    return 1"
    assert len(clean.notebook.cells) == len(release.cells)
