"""Outputs that are large but legal, saved in the file and printed again."""

from nbformat.v4 import new_output

from tests.oddities import insert, place, saved


def hand_in(solved):
    outputs = [
        new_output("stream", text="epoch 1\n" * 200_000),
        new_output("display_data", data={"image/png": "aGk=" * 500_000}),
    ]
    solved.cells[place(solved, "speed-naive")].outputs = outputs
    return saved(insert(solved, 10, "for epoch in range(20_000):\n    print('epoch', epoch)"))
