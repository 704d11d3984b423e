"""SGD and Adam in float64, one parameter and one equation at a time: to compare with, not to train in a hurry.

Everywhere `iteration` counts the steps of the whole training from 0, and `t = iteration + 1` is the t of the papers. Both
classes have the interface of the assignment, so that they can also stand in for a student's unfinished optimizer.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Arrays = dict[str, np.ndarray]
Scheduler = Callable[[float, int], float]


def rate(lr: float, iteration: int, *, decay: float = 0.0, scheduler_func: Scheduler | None = None) -> float:
    """The learning rate of step `iteration`: inverse-time decay of the base rate, then the scheduler's word on it.

    rate = lr / (1 + decay * iteration), as in Keras (`InverseTimeDecay`), whose iterations count from 0, too.

    >>> [rate(1.0, iteration, decay=1.0) for iteration in range(4)]
    [1.0, 0.5, 0.3333333333333333, 0.25]
    >>> rate(1.0, 3, scheduler_func=lambda lr, iteration: lr * 0.5**iteration)
    0.125
    """
    decayed = lr / (1.0 + decay * iteration)
    return decayed if scheduler_func is None else scheduler_func(decayed, iteration)


class SGD:
    """Gradient descent with momentum: velocity = momentum * velocity - lr * grad, then w = w + velocity.

    Nesterov's variant looks one step ahead: w = w + momentum * velocity - lr * grad, with the new velocity. That is the
    form of Bengio, Boulanger-Lewandowski and Pascanu 2012 (https://arxiv.org/abs/1212.0901), and Keras's.

    >>> sgd = SGD(lr=0.1, momentum=0.5)
    >>> w = {"w": np.array([1.0])}
    >>> for iteration, grad in enumerate([1.0, 2.0, -1.0]):
    ...     w = sgd.update(w, {"w": np.array([grad])}, iteration)
    ...     print(round(w["w"].item(), 12))
    0.9
    0.65
    0.625
    """

    def __init__(
        self,
        lr: float = 0.01,
        momentum: float = 0.0,
        decay: float = 0.0,
        nesterov: bool = False,
        scheduler_func: Scheduler | None = None,
    ) -> None:
        self.lr, self.momentum, self.decay = lr, momentum, decay
        self.nesterov, self.scheduler_func = nesterov, scheduler_func
        self.velocities: Arrays = {}

    def update(self, params: Arrays, grads: Arrays, iteration: int) -> Arrays:
        """One step: parameters of any shape by name -> new parameters (float64) by the same names."""
        lr = rate(self.lr, iteration, decay=self.decay, scheduler_func=self.scheduler_func)
        new_params: Arrays = {}
        for name in params:
            w = np.array(params[name], dtype=np.float64)
            grad = np.array(grads[name], dtype=np.float64)
            velocity = self.velocities.get(name, np.zeros_like(w))
            velocity = self.momentum * velocity - lr * grad
            self.velocities[name] = velocity
            if self.nesterov:
                new_params[name] = w + self.momentum * velocity - lr * grad
            else:
                new_params[name] = w + velocity
        return new_params


class Adam:
    """Adam, Algorithm 1 of Kingma and Ba 2015 (https://arxiv.org/abs/1412.6980): epsilon is added to sqrt(v_hat).

        m = beta_1 * m + (1 - beta_1) * grad           m_hat = m / (1 - beta_1^t)
        v = beta_2 * v + (1 - beta_2) * grad^2         v_hat = v / (1 - beta_2^t)
        w = w - lr * m_hat / (sqrt(v_hat) + epsilon)

    Without `bias_correction`, m and v stand where m_hat and v_hat are.

    >>> adam = Adam(lr=0.15, beta_1=0.5, beta_2=0.75, epsilon=1.0)
    >>> w = {"w": np.array([1.0])}
    >>> for iteration, grad in enumerate([2.0, 5.0, 4.0]):
    ...     w = adam.update(w, {"w": np.array([grad])}, iteration)
    ...     print(round(w["w"].item(), 12))
    0.9
    0.78
    0.66
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
    ) -> None:
        self.lr, self.beta_1, self.beta_2, self.epsilon = lr, beta_1, beta_2, epsilon
        self.decay, self.bias_correction, self.scheduler_func = decay, bias_correction, scheduler_func
        self.m: Arrays = {}
        self.v: Arrays = {}

    def update(self, params: Arrays, grads: Arrays, iteration: int) -> Arrays:
        """One step: parameters of any shape by name -> new parameters (float64) by the same names."""
        lr = rate(self.lr, iteration, decay=self.decay, scheduler_func=self.scheduler_func)
        t, beta_1, beta_2 = iteration + 1, float(self.beta_1), float(self.beta_2)  # a power of integers might never end
        new_params: Arrays = {}
        for name in params:
            w = np.array(params[name], dtype=np.float64)
            grad = np.array(grads[name], dtype=np.float64)
            m = beta_1 * self.m.get(name, np.zeros_like(w)) + (1 - beta_1) * grad
            v = beta_2 * self.v.get(name, np.zeros_like(w)) + (1 - beta_2) * grad**2
            self.m[name], self.v[name] = m, v
            m_hat = m / (1 - beta_1**t) if self.bias_correction else m
            v_hat = v / (1 - beta_2**t) if self.bias_correction else v
            new_params[name] = w - lr * m_hat / (np.sqrt(v_hat) + self.epsilon)
        return new_params
