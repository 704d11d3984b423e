"""Plots in a TODO cell and in cells of the student's own."""

from tests.oddities import insert, place, saved


def hand_in(solved):
    plot = "plt.figure(figsize=(12, 8)); plt.imshow(np.random.rand(200, 200)); plt.colorbar(); plt.show()"
    solved.cells[place(solved, "conv-1x1-todo")].source += f"\n\n\n{plot}"
    return saved(insert(solved, 4, f"import matplotlib.pyplot as plt\nimport numpy as np\n{plot}"))
