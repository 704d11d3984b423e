"""Saved in Colab: ids and outputs' ids in the metadata, a badge on top, no nbgrader fields lost."""

from nbformat.v4 import new_markdown_cell

from tests.oddities import saved


def hand_in(solved):
    solved.nbformat_minor = 0
    solved.metadata = {
        "colab": {"provenance": [], "toc_visible": True},
        "kernelspec": {"name": "python3"},
        "accelerator": "GPU",
    }
    for cell in solved.cells:
        cell.metadata["id"] = cell.pop("id")
        cell.metadata |= {"colab": {"base_uri": "https://localhost:8080/"}, "outputId": "a1b2"}
        cell.source = cell.source.splitlines(keepends=True)
    badge = new_markdown_cell(
        '<a href="https://colab.research.google.com/x">open</a>', metadata={"id": "view-in-github"}
    )
    badge.pop("id")
    solved.cells.insert(0, badge)
    return saved(solved)
