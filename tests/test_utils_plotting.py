"""utils.plotting: every figure has labelled axes and an alt text, shows once, and survives what training produces."""

import io
import re
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt

from utils import curves, plotting
from utils.figure import CourseFigure, diverging_rgb, listing, to_rgb


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def history(number=10, rate=0.1):
    epochs = np.arange(number)
    return {
        "loss": list(2.3 * np.exp(-rate * epochs)),
        "train_accuracy": list(0.1 + 0.02 * epochs),
        "val_accuracy": list(0.1 + 0.01 * epochs),
        "lr": list(0.1 * 0.9**epochs),
    }


def panels(figure):
    return {axes.get_ylabel(): axes for axes in figure.axes}


def drawings(rng):
    images = rng.random((12, 3, 8, 8))
    names = tuple("abcdefghij")
    labels = np.arange(12) % 10
    return {
        "images": lambda: plotting.show_images(images, labels, class_names=names, title="A few"),
        "grey images": lambda: plotting.show_images(images[:, :1]),
        "predictions": lambda: plotting.show_images(images, labels, predictions=labels[::-1]),
        "weights": lambda: plotting.show_weights(rng.standard_normal((192, 10)), (3, 8, 8), class_names=names),
        "grey weights": lambda: plotting.show_weights(rng.standard_normal((64, 50)), (1, 8, 8)),
        "filters": lambda: plotting.show_filters(rng.standard_normal((16, 3, 5, 5))),
        "deep filters": lambda: plotting.show_filters(rng.standard_normal((32, 16, 3, 3))),
        "maps": lambda: plotting.show_feature_maps(rng.standard_normal((6, 7, 7)), image=images[0], filters=images[:6]),
        "positive maps": lambda: plotting.show_feature_maps(rng.random((1, 20, 7, 9)), names=names),
        "confusion": lambda: plotting.confusion(labels, labels[::-1], names, images=images),
        "confusion alone": lambda: plotting.confusion(labels, np.eye(10)[labels], names),
        "history": lambda: plotting.plot_history({"SGD": history(), "Adam": history(rate=0.2)}, title="Two runs"),
        "bars": lambda: plotting.bars({"SGD": {"train": 0.5, "test": 0.4}, "Adam": {"train": 0.6}}),
        "times": lambda: plotting.bars({"loops": 12.0, "matrix product": 0.02}, label="seconds", log=True),
        "search": lambda: plotting.search_map(
            [{"lr": 10.0**-k, "reg": 0.1 * k, "val_accuracy": 0.1 * k} for k in range(1, 6)], "lr", "reg"
        ),
    }


@pytest.mark.parametrize("name", drawings(np.random.default_rng(0)))
def test_every_figure_can_be_drawn_and_described(name, rng):
    before = dict(plt.rcParams)
    figure = drawings(rng)[name]()
    assert isinstance(figure, CourseFigure)
    assert len(figure.alt) > 20
    assert figure.png().startswith(b"\x89PNG")
    assert figure.alt.encode("latin-1", "replace")[:20] in figure.png()
    assert dict(plt.rcParams) == before
    for axes in figure.axes:
        if axes.axison and axes.get_label() != "<colorbar>":
            assert axes.get_ylabel() or axes.get_yticklabels()
            assert axes.get_xlabel()


# --- images -----------------------------------------------------------------------------------------------------------


def test_images_of_every_kind_become_rgb(rng):
    for shape in [(5, 3, 8, 9), (5, 8, 9, 3), (5, 1, 8, 9), (5, 8, 9, 1), (5, 8, 9)]:
        assert to_rgb(rng.random(shape)).shape == (5, 8, 9, 3)
    assert to_rgb(rng.random((3, 8, 9))).shape == (1, 8, 9, 3)
    with pytest.raises(ValueError, match="1 or 3 channels"):
        to_rgb(rng.random((5, 2, 8, 9)))


def test_images_keep_their_colours_unless_out_of_range(rng):
    images = rng.random((2, 3, 4, 4))
    np.testing.assert_array_equal(to_rgb(images).transpose(0, 3, 1, 2), images)
    np.testing.assert_allclose(to_rgb((255 * images).astype(np.uint8)).max(), images.max(), atol=0.01)
    centred = to_rgb(255 * images - 100)
    assert centred.min() == 0.0
    assert centred.max() == 1.0
    assert np.isfinite(to_rgb(np.full((1, 3, 2, 2), 7.0))).all()


def test_visualize_grid_stretches_each_image(rng):
    images = rng.standard_normal((5, 3, 4, 6))
    grid = plotting.visualize_grid(images, padding=2)
    assert grid.shape == (3 * 4 + 4, 3 * 6 + 4, 3)
    assert grid[:4, :6].min() == 0.0
    assert grid[:4, :6].max() == 255.0
    np.testing.assert_array_equal(plotting.visualize_grid(images.transpose(0, 2, 3, 1), padding=2), grid)
    assert np.isfinite(plotting.visualize_grid(np.zeros((2, 4, 4, 3)))).all()


def test_zero_weights_are_white_and_signs_have_their_colours():
    colours = diverging_rgb(np.array([[-1.0, 0.0, 1.0]]))[0]
    assert colours[0][2] > colours[0][0]  # blue
    assert colours[1].min() > 0.95
    assert colours[2][0] > colours[2][2]  # red
    assert np.isfinite(diverging_rgb(np.zeros((2, 2)))).all()


def test_wrong_predictions_are_marked_by_more_than_colour(rng):
    figure = plotting.show_images(rng.random((2, 3, 8, 8)), [0, 1], predictions=[0, 0], class_names=("cat", "dog"))
    assert [text.get_text() for text in figure.axes[0].texts] == ["✓ cat", "✗ cat\n(is dog)"]
    assert "1 of them are classified wrongly" in figure.alt


def test_weights_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"weights must be \(192, K\)"):
        plotting.show_weights(np.zeros((10, 192)), (3, 8, 8))


def test_nothing_is_changed_by_drawing(rng):
    weights = rng.standard_normal((192, 4))
    copy = weights.copy()
    plotting.show_weights(weights, (3, 8, 8))
    plotting.visualize_grid(weights.T.reshape(4, 3, 8, 8))
    np.testing.assert_array_equal(weights, copy)


# --- mistakes ---------------------------------------------------------------------------------------------------------


def test_the_confusion_matrix_counts_by_true_class(rng):
    labels = np.array([0, 0, 0, 0, 1, 1])
    figure = plotting.confusion(labels, np.array([0, 0, 0, 1, 0, 0]), ("cat", "dog"), images=rng.random((6, 1, 4, 4)))
    cells = {text.get_position(): text.get_text() for text in figure.axes[0].texts}
    assert cells == {(0, 0): "75", (1, 0): "25", (0, 1): "100"}
    assert "dog taken for cat (2 times); cat taken for dog (1 times)" in figure.alt
    assert [axes.get_title(loc="left") for axes in figure.axes[1:]] == [
        "dog taken for cat (2 times)",
        "cat taken for dog (1 times)",
    ]


def test_a_perfect_classifier_has_no_worst_pairs(rng):
    figure = plotting.confusion(np.arange(3), np.arange(3), ("a", "b", "c"), images=rng.random((3, 1, 4, 4)))
    assert len(figure.axes) == 1
    assert "mistakes: none" in figure.alt


# --- curves -----------------------------------------------------------------------------------------------------------


def test_lists_find_their_panel_and_line():
    figure = plotting.plot_history(history())
    assert list(panels(figure)) == ["loss", "accuracy", "learning rate"]
    styles = [line.get_linestyle() for line in panels(figure)["accuracy"].lines]
    assert styles == ["-", "--"]


@pytest.mark.parametrize(
    ("name", "panel", "split"),
    [
        ("loss_history", "loss", "training"),
        ("val_acc_history", "accuracy", "validation"),
        ("test_accuracy", "accuracy", "test"),
        ("val_loss", "loss", "validation"),
        ("learning_rate", "learning rate", ""),
        ("evaluation_loss", "loss", "training"),
        ("gradient_norm", "gradient norm", ""),
    ],
)
def test_names_are_understood(name, panel, split):
    assert curves._sort(name) == (panel, split)


def test_histories_of_every_kind_are_drawn():
    array = np.array([[0, 2.3, 0.1], [100, 1.9, 0.3]])
    keras_history = type("History", (), {"history": {"loss": [2.0, 1.0], "learning_rate": [0.1, 0.05]}})()
    for given in (history(), (array, array, array[:0]), keras_history, {"a": keras_history, "b": (array,)}):
        assert panels(plotting.plot_history(given))["loss"].lines
    with pytest.raises(ValueError, match="no curve to draw"):
        plotting.plot_history({"epoch": [1, 2]})
    with pytest.raises(ValueError, match=r"expected an array \(n, 3\)"):
        plotting.plot_history({"a": (np.zeros((4, 2)),)})


def test_x_is_taken_from_the_history_where_it_has_one():
    figure = plotting.plot_history({"iteration": [0, 50, 100], "loss": [3.0, 2.0, 1.0]})
    axes = panels(figure)["loss"]
    np.testing.assert_array_equal(axes.lines[0].get_xdata(), [0, 50, 100])
    assert axes.get_xlabel() == "iteration"
    assert panels(plotting.plot_history({"loss": [1.0]}, x_label="step"))["loss"].get_xlabel() == "step"


def test_keras_lies_beneath_as_a_broad_band():
    figure = plotting.plot_history({"yours": {"loss": [2.0, 1.0]}, "Keras": {"loss": [2.0, 1.0]}})
    first, second = panels(figure)["loss"].lines
    assert first.get_linewidth() > 3 * second.get_linewidth()
    assert first.get_color() != second.get_color()


def test_references_are_dashed_lines_in_their_panel():
    figure = plotting.plot_history(history(), references={"reported: 40 %": 0.40, "loss": {"ln 10": 2.303}})
    for panel, name, value in (("accuracy", "reported: 40 %", 0.40), ("loss", "ln 10", 2.303)):
        axes = panels(figure)[panel]
        assert any(list(line.get_ydata()) == [value, value] for line in axes.lines)
        assert [text.get_text() for text in axes.texts] == [name]


def test_long_curves_get_a_running_mean(rng):
    figure = plotting.plot_history({"loss_history": list(rng.random(500))})
    raw, mean = panels(figure)["loss"].lines
    assert raw.get_alpha() < 0.5
    assert np.std(mean.get_ydata()) < np.std(raw.get_ydata())
    assert panels(figure)["loss"].get_xlabel() == "iteration"


def test_a_run_that_blows_up_is_marked_and_does_not_flatten_the_others():
    blown = {"loss": [2.3, 50.0, 1e9, np.inf, np.nan]}
    figure = plotting.plot_history({"lr 0.1": blown, "lr 1e-3": {"loss": [2.3, 2.0, 1.8, 1.6, 1.5]}})
    axes = panels(figure)["loss"]
    assert axes.get_ylim()[1] < 20
    crosses = [line for line in axes.lines if line.get_marker() == "x"]
    assert len(crosses) == 1
    assert crosses[0].get_ydata()[0] <= axes.get_ylim()[1]
    assert "stops being a number" in figure.alt
    figure.png()


def test_a_run_that_is_never_a_number_is_survived():
    figure = plotting.plot_history({"loss": [np.nan, np.nan], "accuracy": [0.1, 0.1]})
    assert "training is never a number" in figure.alt
    figure.png()


def test_axes_are_logarithmic_only_where_it_helps():
    figure = plotting.plot_history({"a": history(), "b": history() | {"lr": [1e-5] * 10}})
    assert panels(figure)["learning rate"].get_yscale() == "log"
    assert panels(figure)["loss"].get_yscale() == "linear"
    assert panels(plotting.plot_history(history(), log=["loss"]))["loss"].get_yscale() == "log"


def test_a_running_mean_skips_gaps():
    np.testing.assert_array_equal(curves.running_mean(np.array([1.0, np.nan, 3.0]), 3), [1.0, np.nan, 3.0])


# --- bars, search, table ----------------------------------------------------------------------------------------------


def test_bars_write_accuracies_in_per_cent_and_times_as_they_are():
    assert "SGD train 50.0 %, test 40.0 %" in plotting.bars({"SGD": {"train": 0.5, "test": 0.4}}).alt
    assert "loops 12.5" in plotting.bars({"loops": 12.5}, label="seconds").alt
    assert "not a number" in plotting.bars({"SGD": float("nan")}).alt


def test_the_best_trial_is_ringed_and_failures_are_shown():
    trials = [{"lr": 0.1, "reg": 1.0, "val_accuracy": np.nan}, {"lr": 0.001, "reg": 2.0, "val_accuracy": 0.5}]
    figure = plotting.search_map(trials, "lr", "reg")
    assert "best: 50.0 % at lr 0.001 and reg 2; 1 failed" in figure.alt
    with pytest.raises(ValueError, match="no trial has a val_accuracy"):
        plotting.search_map(trials[:1], "lr", "reg")


def test_a_table_prints_and_shows_its_best_row():
    results = {"SGD": {"lr": 0.05, "val": 0.53}, "<Adam>": {"lr": 3e-4, "val": 0.54, "epochs": 40}, "none": {}}
    table = plotting.table(results, best="val", title="Runs")
    lines = str(table).splitlines()
    assert lines[0] == "Runs"
    assert lines[3].endswith("<- best")
    assert "54.0 %" in lines[3]
    html = table._repr_html_()
    assert "&lt;Adam&gt;" in html
    assert html.count("font-weight:bold") == 4


# --- alt text in Jupyter ----------------------------------------------------------------------------------------------


def test_the_html_of_a_figure_carries_its_alt_text_escaped():
    figure = plotting.plot_history({"loss": [2.0, 1.0]})
    figure.alt = 'loss < 2 & "falling"'
    assert figure.html().startswith('<img alt="loss &lt; 2 &amp; &quot;falling&quot;" width="')


def test_the_description_inside_the_png_is_the_alt_text():
    image = pytest.importorskip("PIL.Image")
    figure = plotting.plot_history({"loss": [2.0, 1.0]})
    assert image.open(io.BytesIO(figure.png())).text["Description"] == figure.alt


def test_every_figure_of_a_cell_is_shown_once():
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    course = str(Path(plotting.__file__).parents[1])
    sources = [
        f"import sys; sys.path.insert(0, {course!r})\nfrom utils import plotting\nrun = {{'loss': [2.0, 1.0]}}",
        "plotting.plot_history(run)",
        "for k in range(2):\n    plotting.plot_history(run)",
        "figure = plotting.plot_history(run)\nfigure.alt = 'mine'",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    nbclient.NotebookClient(notebook, kernel_name="python3", timeout=60).execute()
    shown = [
        [re.search('alt="([^"]*)"', output.data["text/html"])[1] for output in made.outputs] for made in notebook.cells
    ]
    curve = "Learning curves. loss: training from 2 to 1 (best 1)"
    assert shown == [[], [curve], [curve, curve], ["mine"]]


def test_a_long_listing_is_cut():
    assert listing(["a", "b"]) == "a, b"
    assert listing(list("abcdefgh"), 2) == "a, b and 6 more"


def test_plotting_is_ready_in_a_second_and_needs_no_keras():
    code = "import sys, utils.plotting; print('keras' in sys.modules or 'tensorflow' in sys.modules)"
    course = Path(plotting.__file__).parents[1]
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=course)
    assert out.stdout.strip() == "False"
