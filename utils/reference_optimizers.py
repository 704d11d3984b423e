"""SGD and Adam, updated by `keras.optimizers`, with the students' interface; `utils.reference` exports them.

Arrays stay float64, and so do the rates, which Keras on its own would round to float32.
"""

import functools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from utils.keras_backend import import_keras

Arrays = dict[str, np.ndarray]
Scheduler = Callable[[float, int], float]


class _Optimizer:
    """Updates by one Keras optimizer a parameter; each keeps the state of its parameter."""

    def __init__(self, lr: float, decay: float, scheduler_func: Scheduler | None) -> None:
        self.lr, self.decay, self.scheduler_func = lr, decay, scheduler_func
        self._states: dict[str, tuple[Any, Any, Any]] = {}  # name: optimizer, its rate, the variable it updates

    def rate(self, iteration: int) -> float:
        """Return the rate of an iteration: lr / (1 + decay * iteration), then `scheduler_func(that, iteration)`."""
        lr = self.lr / (1.0 + self.decay * iteration)
        return lr if self.scheduler_func is None else self.scheduler_func(lr, iteration)

    def update(self, params: Mapping[str, np.ndarray], grads: Mapping[str, np.ndarray], iteration: int) -> Arrays:
        """Return the new parameters, new arrays under the same names; iterations are counted from 0."""
        rate = self.rate(iteration)
        return {name: self._step(name, params[name], grads[name], rate, iteration) for name in params}

    def _step(self, name: str, value: np.ndarray, grad: np.ndarray, rate: float, iteration: int) -> np.ndarray:
        keras, tf = import_keras()
        if name not in self._states:
            variable = keras.Variable(np.array(value, dtype=np.float64), dtype="float64")
            schedule = _given_rate_class()()
            optimizer = self._optimizer(keras, schedule)
            optimizer.build([variable])
            self._states[name] = optimizer, schedule, variable
        optimizer, schedule, variable = self._states[name]
        variable.assign(np.asarray(value, dtype=np.float64))
        optimizer.iterations.assign(iteration)
        schedule.rate = tf.constant(self._rate_for_keras(rate, iteration, optimizer), tf.float64)
        optimizer.apply([tf.constant(grad, tf.float64)], [variable])
        return variable.numpy().copy()

    def _optimizer(self, keras: Any, schedule: Any) -> Any:
        raise TypeError(f"{type(self).__name__} has no optimizer")

    def _rate_for_keras(self, rate: float, iteration: int, optimizer: Any) -> float:
        return rate


class SGD(_Optimizer):
    """Gradient descent with momentum: v = momentum * v - lr * g; w += v, or with Nesterov w += momentum * v - lr * g.

    Source: `keras.optimizers.SGD`. Without momentum, w -= lr * g.
    """

    def __init__(
        self,
        lr: float = 0.01,
        momentum: float = 0.0,
        decay: float = 0.0,
        nesterov: bool = False,
        scheduler_func: Scheduler | None = None,
    ) -> None:
        super().__init__(lr, decay, scheduler_func)
        self.momentum, self.nesterov = momentum, nesterov

    def _optimizer(self, keras: Any, schedule: Any) -> Any:
        # np.float64, here and in Adam: TensorFlow turns a Python float into float32 first
        return keras.optimizers.SGD(schedule, momentum=np.float64(self.momentum), nesterov=self.nesterov)


class Adam(_Optimizer):
    """Adam as in the paper (Kingma and Ba 2015, algorithm 1): w -= lr * m_hat / (sqrt(v_hat) + epsilon).

    Keras adds its epsilon to sqrt(v) instead of sqrt(v_hat), the "epsilon hat" of the paper's section 2. In the paper's
    formula that is epsilon / sqrt(1 - beta_2^t), which is 32 times larger at step 1 for beta_2 = 0.999. Here Keras is
    given epsilon * sqrt(1 - beta_2^t), so that the result is the paper's; `keras_epsilon=True` leaves it Keras's own.
    Without `bias_correction` the rate is multiplied by what Keras divides out: w -= lr * m / (sqrt(v) + epsilon).
    """

    def __init__(
        self,
        lr: float = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        decay: float = 0.0,
        bias_correction: bool = True,
        scheduler_func: Scheduler | None = None,
        *,
        keras_epsilon: bool = False,
    ) -> None:
        super().__init__(lr, decay, scheduler_func)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon
        self.bias_correction, self.keras_epsilon = bias_correction, keras_epsilon

    def _optimizer(self, keras: Any, schedule: Any) -> Any:
        betas = {"beta_1": np.float64(self.beta_1), "beta_2": np.float64(self.beta_2)}
        return keras.optimizers.Adam(schedule, epsilon=self.epsilon, **betas)

    def _rate_for_keras(self, rate: float, iteration: int, optimizer: Any) -> float:
        step = iteration + 1
        root = (1.0 - self.beta_2**step) ** 0.5
        if not self.bias_correction:
            return rate * (1.0 - self.beta_1**step) / root
        if not self.keras_epsilon:
            optimizer.epsilon = self.epsilon * root
        return rate


@functools.cache
def _given_rate_class() -> type:
    keras, _ = import_keras()

    class GivenRate(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[name-defined, misc]
        """A schedule that returns the rate last set on it: a rate of its own Keras would keep as float32."""

        rate: Any = 0.0

        def __call__(self, step: Any) -> Any:
            return self.rate

    return GivenRate
