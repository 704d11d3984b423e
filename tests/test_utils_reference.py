"""The Keras-backed layers, losses and optimizers: against numeric gradients and plain formulas, in every odd geometry."""

import subprocess
import sys

import numpy as np
import pytest

from utils import keras_backend, reference
from utils.gradients import check_gradient, check_layer

needs_keras = pytest.mark.skipif(not reference.available(), reason="Keras is not installed")


@pytest.fixture
def rng():
    return np.random.default_rng(11)


def windows(x, height, width, stride, pad, fill):
    """All windows of a batch as (N, C, H', W', height, width), by slicing alone."""
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), constant_values=fill)
    rows = range(0, x.shape[2] - height + 1, stride)
    columns = range(0, x.shape[3] - width + 1, stride)
    return np.stack([np.stack([x[:, :, i : i + height, j : j + width] for j in columns], 2) for i in rows], 2)


@needs_keras
@pytest.mark.parametrize("pad", [0, 1, 2])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_convolution_pads_each_side_and_drops_the_remainder(stride, pad, rng):
    params = {"kernel_h": 3, "kernel_w": 2, "stride": stride, "pad": pad, "in_channel": 2, "out_channel": 4}
    layer = reference.Convolution(params)
    layer.bias = rng.normal(size=4)
    x = rng.normal(size=(3, 2, 7, 5))
    got = layer.forward(x)
    expected = np.einsum("nchwij,fcij->nfhw", windows(x, 3, 2, stride, pad, 0.0), layer.weights)
    assert got.dtype == np.float64
    assert np.allclose(got, expected + layer.bias[:, None, None], rtol=1e-12, atol=1e-14)
    assert check_layer(layer, x, rng.normal(size=got.shape), seconds=0.2).ok


@needs_keras
@pytest.mark.parametrize("pad", [0, 1])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize(("kind", "fill", "reduce"), [("max", -np.inf, np.max), ("avg", 0.0, np.mean)])
def test_pooling_pads_with_what_never_wins_and_averages_the_whole_window(kind, fill, reduce, stride, pad, rng):
    params = {"pool_type": kind, "pool_height": 3, "pool_width": 2, "stride": stride, "pad": pad}
    layer = reference.Pooling(params)
    x = rng.normal(size=(2, 3, 7, 5)) - 5.0  # negative: padding with 0 would win
    got = layer.forward(x)
    assert np.allclose(got, reduce(windows(x, 3, 2, stride, pad, fill), axis=(4, 5)), rtol=1e-12)
    assert check_layer(layer, x, rng.normal(size=got.shape), seconds=0.2).ok


@needs_keras
def test_windows_that_do_not_fit_are_refused(rng):
    layer = reference.Pooling({"pool_type": "max", "pool_height": 4, "pool_width": 2, "stride": 1, "pad": 0})
    with pytest.raises(ValueError, match="4 x 2 does not fit into 3 x 5"):
        layer.forward(rng.normal(size=(1, 1, 3, 5)))
    with pytest.raises(ValueError, match=r"expected images \(N, C, H, W\)"):
        layer.forward(rng.normal(size=(3, 5)))
    with pytest.raises(ValueError, match="pool_type"):
        reference.Pooling({"pool_type": "min", "pool_height": 1, "pool_width": 1, "stride": 1, "pad": 0})


@needs_keras
@pytest.mark.parametrize(
    ("layer", "shape", "formula"),
    [
        (reference.ReLU(), (3, 4, 2), lambda x: np.maximum(x, 0)),
        (reference.Flatten(), (2, 3, 4, 5), lambda x: x.reshape(2, 60)),
        (reference.GlobalAveragePooling(), (2, 3, 4, 5), lambda x: x.mean(axis=(2, 3))),
    ],
)
def test_layers_without_weights_follow_their_formula(layer, shape, formula, rng):
    x = rng.normal(size=shape)
    out = layer.forward(x)
    assert np.allclose(out, formula(x), rtol=1e-12)
    assert check_layer(layer, x, rng.normal(size=out.shape)).ok


@needs_keras
def test_the_fully_connected_layer_stores_fresh_gradients(rng):
    layer = reference.FCLayer(5, 3)
    layer.bias = rng.normal(size=3)
    x, g = rng.normal(size=(4, 5)), rng.normal(size=(4, 3))
    assert np.allclose(layer.forward(x), x @ layer.weights + layer.bias, rtol=1e-12)
    report = check_layer(layer, x, g)
    assert report.ok, report
    with pytest.raises(ValueError, match=r"in_grads has shape \(4, 2\), the output has \(4, 3\)"):
        layer.backward(g[:, :2], x)


@needs_keras
def test_dropout_uses_the_mask_of_forward_in_backward(rng):
    layer = reference.Dropout(0.3, seed=5)
    x = rng.normal(size=(200, 50))
    out = layer.forward(x)
    dropped = np.mean(out == 0)
    assert abs(dropped - 0.3) < 0.03  # six standard deviations of 10,000 draws: 0.0275
    assert np.allclose(out[out != 0], x[out != 0] / 0.7)
    assert np.array_equal(layer.backward(x, x), out)
    assert np.array_equal(layer.mask * x, out)
    assert not np.array_equal(layer.forward(x), out)
    assert np.array_equal(reference.Dropout(0.3, seed=5).forward(x), out)


@needs_keras
def test_dropout_is_the_identity_when_testing_or_at_ratio_0(rng):
    x = rng.normal(size=(3, 2, 4, 4))
    tested, never = reference.Dropout(0.3), reference.Dropout(0.0)
    tested.set_mode(False)
    for layer in (tested, never):
        assert np.array_equal(layer.forward(x), x)
        assert np.array_equal(layer.backward(2 * x, x), 2 * x)
    with pytest.raises(ValueError, match="mask of a forward"):
        reference.Dropout(0.3).backward(x, x)


@needs_keras
def test_cross_entropy_is_the_mean_over_the_batch_and_stable(rng):
    loss = reference.SoftmaxCrossEntropy(4)
    x, targets = rng.normal(size=(5, 4)), np.array([0, 3, 1, 1, 2])
    value, probabilities = loss.forward(x, targets)
    exp = np.exp(x)
    assert np.allclose(probabilities, exp / exp.sum(1, keepdims=True), rtol=1e-12)
    assert value == pytest.approx(-np.log(probabilities[range(5), targets]).mean(), rel=1e-12)
    assert check_gradient(lambda x: loss.forward(x, targets)[0], x, loss.backward(x, targets)).ok
    value, _ = loss.forward(np.array([[1000.0, -1000.0, 0.0, 0.0]]), np.array([1]))
    assert value == 2000.0


@needs_keras
def test_squared_error_sums_over_classes_and_averages_over_the_batch(rng):
    loss = reference.MeanSquaredError()
    x, targets = rng.normal(size=(5, 4)), np.eye(4)[[0, 3, 1, 1, 2]]
    assert loss.forward(x, targets) == pytest.approx(((x - targets) ** 2).sum() / 5, rel=1e-12)
    assert np.allclose(loss.backward(x, targets), 2 * (x - targets) / 5, rtol=1e-12)


def follow(optimizer, rule, rng, steps=4):
    """Return the largest difference between an optimizer and a rule(state, grad, rate, t) over some steps."""
    params = {"W": rng.normal(size=(3, 2)), "b": rng.normal(size=2)}
    mine = {name: value.copy() for name, value in params.items()}
    states: dict[str, dict] = {name: {} for name in params}
    for iteration in range(steps):
        grads = {name: rng.normal(size=value.shape) for name, value in params.items()}
        kept = {name: value.copy() for name, value in params.items()}
        new = optimizer.update(params, grads, iteration)
        assert all(np.array_equal(params[name], kept[name]) and new[name] is not params[name] for name in params)
        params = new
        for name in mine:
            mine[name] = mine[name] + rule(states[name], grads[name], iteration)
    return max(np.abs(params[name] - mine[name]).max() for name in mine)


@needs_keras
@pytest.mark.parametrize(("momentum", "nesterov"), [(0.0, False), (0.7, False), (0.7, True)])
def test_sgd_follows_its_formula_with_decay_from_the_base_rate(momentum, nesterov, rng):
    optimizer = reference.SGD(lr=0.1, momentum=momentum, decay=0.5, nesterov=nesterov)

    def rule(state, grad, iteration):
        rate = 0.1 / (1 + 0.5 * iteration)
        v = state["v"] = momentum * state.get("v", 0.0) - rate * grad
        return momentum * v - rate * grad if nesterov else v

    assert follow(optimizer, rule, rng) < 1e-14
    assert optimizer.lr == 0.1


@needs_keras
@pytest.mark.parametrize("bias_correction", [True, False])
def test_adam_follows_the_paper_also_at_a_large_epsilon(bias_correction, rng):
    optimizer = reference.Adam(
        lr=0.1,
        beta_1=0.8,
        beta_2=0.95,
        epsilon=0.1,
        bias_correction=bias_correction,
        scheduler_func=lambda lr, iteration: lr * 0.9**iteration,
    )

    def rule(state, grad, iteration):
        m = state["m"] = 0.8 * state.get("m", 0.0) + 0.2 * grad
        v = state["v"] = 0.95 * state.get("v", 0.0) + 0.05 * grad**2
        if bias_correction:
            m, v = m / (1 - 0.8 ** (iteration + 1)), v / (1 - 0.95 ** (iteration + 1))
        return -0.1 * 0.9**iteration * m / (np.sqrt(v) + 0.1)

    assert follow(optimizer, rule, rng) < 1e-14


@needs_keras
def test_the_epsilon_of_keras_is_the_papers_divided_by_the_root_of_the_correction(rng):
    def rule(state, grad, iteration):
        m = state["m"] = 0.9 * state.get("m", 0.0) + 0.1 * grad
        v = state["v"] = 0.999 * state.get("v", 0.0) + 0.001 * grad**2
        correction = 1 - 0.999 ** (iteration + 1)
        m_hat, v_hat = m / (1 - 0.9 ** (iteration + 1)), v / correction
        return -0.1 * m_hat / (np.sqrt(v_hat) + 0.1 / np.sqrt(correction))

    assert follow(reference.Adam(lr=0.1, epsilon=0.1, keras_epsilon=True), rule, rng) < 1e-14


@needs_keras
def test_importing_keras_writes_nothing_and_restores_stderr():
    code = (
        "import sys; from utils import reference; reference.ReLU().forward([1.0]); "
        "print('done', file=sys.stderr); print('out')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert (done.stdout, done.stderr) == ("out\n", "done\n")


def test_without_keras_every_piece_says_that_it_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras", None)
    assert not reference.available()
    keras_backend.import_keras.cache_clear()
    try:
        with pytest.raises(reference.KerasMissing, match=r"Keras is not installed \(pip install tensorflow\)"):
            reference.ReLU().forward(np.ones(2))
        with pytest.raises(reference.KerasMissing):
            reference.Adam().update({"w": np.ones(2)}, {"w": np.ones(2)}, 0)
    finally:
        keras_backend.import_keras.cache_clear()
