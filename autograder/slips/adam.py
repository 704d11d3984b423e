"""What goes wrong in task 3.2, the update of Adam: each function is a whole TODO cell with one mistake.

They run inside the notebook: its names are there, ours are not.
"""

from __future__ import annotations

import numpy as np

from autograder.slips import slip


@slip(
    "adam",
    fails=("test_adam_first_step", "test_adam_bias_correction_of_later_steps", "test_adam_epsilon_and_bias_correction"),
    says="as if there were no bias correction",
)
def no_bias_correction(self, params, grads, iteration):
    lr = self.rate(iteration)
    new_params = {}
    for name, w in params.items():
        m = self.beta_1 * self.m.get(name, 0.0) + (1 - self.beta_1) * grads[name]
        v = self.beta_2 * self.v.get(name, 0.0) + (1 - self.beta_2) * grads[name] ** 2
        self.m[name], self.v[name] = m, v
        m_hat, v_hat = m, v
        new_params[name] = w - lr * m_hat / (np.sqrt(v_hat) + self.epsilon)
    return new_params


@slip(
    "adam",
    fails=("test_adam_moving_averages", "test_adam_epsilon_outside_the_root"),
    says="as if the bias were corrected although `bias_correction` is False",
)
def always_corrected(self, params, grads, iteration):
    lr, t = self.rate(iteration), iteration + 1
    new_params = {}
    for name, w in params.items():
        m = self.beta_1 * self.m.get(name, 0.0) + (1 - self.beta_1) * grads[name]
        v = self.beta_2 * self.v.get(name, 0.0) + (1 - self.beta_2) * grads[name] ** 2
        self.m[name], self.v[name] = m, v
        m_hat, v_hat = m, v
        if True:
            m_hat, v_hat = m / (1 - self.beta_1**t), v / (1 - self.beta_2**t)
        new_params[name] = w - lr * m_hat / (np.sqrt(v_hat) + self.epsilon)
    return new_params


@slip(
    "adam",
    fails=("test_adam_first_step", "test_adam_bias_correction_of_later_steps", "test_adam_epsilon_and_bias_correction"),
    says="as if t were 0 at the first step, which divides by zero",
)
def t_before_it_counts(self, params, grads, iteration):
    lr, t = self.rate(iteration), iteration
    new_params = {}
    for name, w in params.items():
        m = self.beta_1 * self.m.get(name, 0.0) + (1 - self.beta_1) * grads[name]
        v = self.beta_2 * self.v.get(name, 0.0) + (1 - self.beta_2) * grads[name] ** 2
        self.m[name], self.v[name] = m, v
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - self.beta_1**t), v / (1 - self.beta_2**t)
        new_params[name] = w - lr * m_hat / (np.sqrt(v_hat) + self.epsilon)
    return new_params


@slip(
    "adam",
    fails=("test_adam_first_step", "test_adam_bias_correction_of_later_steps", "test_adam_epsilon_and_bias_correction"),
    says="as if t were 2 at the first step",
)
def t_one_ahead(self, params, grads, iteration):
    lr, t = self.rate(iteration), iteration + 2
    new_params = {}
    for name, w in params.items():
        m = self.beta_1 * self.m.get(name, 0.0) + (1 - self.beta_1) * grads[name]
        v = self.beta_2 * self.v.get(name, 0.0) + (1 - self.beta_2) * grads[name] ** 2
        self.m[name], self.v[name] = m, v
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - self.beta_1**t), v / (1 - self.beta_2**t)
        new_params[name] = w - lr * m_hat / (np.sqrt(v_hat) + self.epsilon)
    return new_params


@slip(
    "adam",
    fails=("test_adam_bias_correction_of_later_steps", "test_adam_epsilon_and_bias_correction"),
    says="as if t stayed 1: it is not kept, or counts epochs, or the power t is missing",
)
def t_always_one(self, params, grads, iteration):
    lr, t = self.rate(iteration), 1
    new_params = {}
    for name, w in params.items():
        m = self.beta_1 * self.m.get(name, 0.0) + (1 - self.beta_1) * grads[name]
        v = self.beta_2 * self.v.get(name, 0.0) + (1 - self.beta_2) * grads[name] ** 2
        self.m[name], self.v[name] = m, v
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - self.beta_1**t), v / (1 - self.beta_2**t)
        new_params[name] = w - lr * m_hat / (np.sqrt(v_hat) + self.epsilon)
    return new_params


@slip(
    "adam",
    fails=("test_adam_first_step", "test_adam_bias_correction_of_later_steps", "test_adam_epsilon_and_bias_correction"),
    says="as if t went up with every parameter instead of every step",
)
def t_counts_parameters(self, params, grads, iteration):
    lr = self.rate(iteration)
    new_params = {}
    for name, w in params.items():
        self.t = getattr(self, "t", 0) + 1
        m = self.beta_1 * self.m.get(name, 0.0) + (1 - self.beta_1) * grads[name]
        v = self.beta_2 * self.v.get(name, 0.0) + (1 - self.beta_2) * grads[name] ** 2
        self.m[name], self.v[name] = m, v
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - self.beta_1**self.t), v / (1 - self.beta_2**self.t)
        new_params[name] = w - lr * m_hat / (np.sqrt(v_hat) + self.epsilon)
    return new_params


@slip(
    "adam",
    fails=("test_adam_bias_correction_of_later_steps", "test_adam_epsilon_and_bias_correction"),
    says="as if t stayed 1: it is not kept, or counts epochs, or the power t is missing",
)
def no_power_of_t(self, params, grads, iteration):
    lr = self.rate(iteration)
    new_params = {}
    for name, w in params.items():
        m = self.beta_1 * self.m.get(name, 0.0) + (1 - self.beta_1) * grads[name]
        v = self.beta_2 * self.v.get(name, 0.0) + (1 - self.beta_2) * grads[name] ** 2
        self.m[name], self.v[name] = m, v
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - self.beta_1), v / (1 - self.beta_2)
        new_params[name] = w - lr * m_hat / (np.sqrt(v_hat) + self.epsilon)
    return new_params


@slip(
    "adam",
    fails=("test_adam_first_step", "test_adam_bias_correction_of_later_steps", "test_adam_epsilon_and_bias_correction"),
    says="as if only m were corrected, not v",
)
def only_m_corrected(self, params, grads, iteration):
    lr, t = self.rate(iteration), iteration + 1
    new_params = {}
    for name, w in params.items():
        m = self.beta_1 * self.m.get(name, 0.0) + (1 - self.beta_1) * grads[name]
        v = self.beta_2 * self.v.get(name, 0.0) + (1 - self.beta_2) * grads[name] ** 2
        self.m[name], self.v[name] = m, v
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - self.beta_1**t), v
        new_params[name] = w - lr * m_hat / (np.sqrt(v_hat) + self.epsilon)
    return new_params


@slip(
    "adam",
    fails=(
        "test_adam_moving_averages",
        "test_adam_bias_correction_of_later_steps",
        "test_adam_epsilon_and_bias_correction",
    ),
    says="as if beta_1 and beta_2 were swapped",
)
def betas_swapped(self, params, grads, iteration):
    lr, t = self.rate(iteration), iteration + 1
    new_params = {}
    for name, w in params.items():
        m = self.beta_2 * self.m.get(name, 0.0) + (1 - self.beta_2) * grads[name]
        v = self.beta_1 * self.v.get(name, 0.0) + (1 - self.beta_1) * grads[name] ** 2
        self.m[name], self.v[name] = m, v
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - self.beta_2**t), v / (1 - self.beta_1**t)
        new_params[name] = w - lr * m_hat / (np.sqrt(v_hat) + self.epsilon)
    return new_params


@slip(
    "adam",
    fails=(
        "test_adam_moving_averages",
        "test_adam_bias_correction_of_later_steps",
        "test_adam_epsilon_outside_the_root",
        "test_adam_epsilon_and_bias_correction",
    ),
    says="as if the betas were 0.9 and 0.999 whatever the arguments say",
)
def betas_hard_coded(self, params, grads, iteration):
    lr, t = self.rate(iteration), iteration + 1
    new_params = {}
    for name, w in params.items():
        m = 0.9 * self.m.get(name, 0.0) + (1 - 0.9) * grads[name]
        v = 0.999 * self.v.get(name, 0.0) + (1 - 0.999) * grads[name] ** 2
        self.m[name], self.v[name] = m, v
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        new_params[name] = w - lr * m_hat / (np.sqrt(v_hat) + self.epsilon)
    return new_params


@slip(
    "adam",
    fails=("test_adam_epsilon_outside_the_root", "test_adam_epsilon_and_bias_correction"),
    says="as if epsilon stood inside the square root",
)
def epsilon_inside_the_root(self, params, grads, iteration):
    lr, t = self.rate(iteration), iteration + 1
    new_params = {}
    for name, w in params.items():
        m = self.beta_1 * self.m.get(name, 0.0) + (1 - self.beta_1) * grads[name]
        v = self.beta_2 * self.v.get(name, 0.0) + (1 - self.beta_2) * grads[name] ** 2
        self.m[name], self.v[name] = m, v
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - self.beta_1**t), v / (1 - self.beta_2**t)
        new_params[name] = w - lr * m_hat / np.sqrt(v_hat + self.epsilon)
    return new_params


@slip(
    "adam",
    fails=("test_adam_epsilon_and_bias_correction",),
    says="as if epsilon were added to sqrt(v) before the bias correction, as Keras does",
)
def epsilon_as_in_keras(self, params, grads, iteration):
    lr, t = self.rate(iteration), iteration + 1
    new_params = {}
    for name, w in params.items():
        m = self.beta_1 * self.m.get(name, 0.0) + (1 - self.beta_1) * grads[name]
        v = self.beta_2 * self.v.get(name, 0.0) + (1 - self.beta_2) * grads[name] ** 2
        self.m[name], self.v[name] = m, v
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - self.beta_1**t), v / (1 - self.beta_2**t)
        new_params[name] = w - lr * m_hat / (np.sqrt(v) + self.epsilon) * np.sqrt(np.max(v) / np.max(v_hat))
    return new_params


@slip(
    "adam",
    fails=("test_adam_epsilon_outside_the_root", "test_adam_epsilon_and_bias_correction"),
    says="as if epsilon were 1e-8 whatever `epsilon` says",
)
def epsilon_hard_coded(self, params, grads, iteration):
    lr, t = self.rate(iteration), iteration + 1
    new_params = {}
    for name, w in params.items():
        m = self.beta_1 * self.m.get(name, 0.0) + (1 - self.beta_1) * grads[name]
        v = self.beta_2 * self.v.get(name, 0.0) + (1 - self.beta_2) * grads[name] ** 2
        self.m[name], self.v[name] = m, v
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - self.beta_1**t), v / (1 - self.beta_2**t)
        new_params[name] = w - lr * m_hat / (np.sqrt(v_hat) + 1e-8)
    return new_params


@slip(
    "adam",
    fails=("test_adam_epsilon_outside_the_root", "test_adam_epsilon_and_bias_correction"),
    says="as if epsilon were added to the quotient instead of its denominator, or the denominator lacked its brackets",
)
def epsilon_outside_the_quotient(self, params, grads, iteration):
    lr, t = self.rate(iteration), iteration + 1
    new_params = {}
    for name, w in params.items():
        m = self.beta_1 * self.m.get(name, 0.0) + (1 - self.beta_1) * grads[name]
        v = self.beta_2 * self.v.get(name, 0.0) + (1 - self.beta_2) * grads[name] ** 2
        self.m[name], self.v[name] = m, v
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - self.beta_1**t), v / (1 - self.beta_2**t)
        new_params[name] = w - lr * (m_hat / np.sqrt(v_hat) + self.epsilon)
    return new_params


@slip(
    "adam",
    fails=(
        "test_adam_moving_averages",
        "test_adam_first_step",
        "test_adam_bias_correction_of_later_steps",
        "test_adam_epsilon_outside_the_root",
        "test_adam_epsilon_and_bias_correction",
    ),
    says="as if the step were divided by v instead of its square root",
)
def no_root(self, params, grads, iteration):
    lr, t = self.rate(iteration), iteration + 1
    new_params = {}
    for name, w in params.items():
        m = self.beta_1 * self.m.get(name, 0.0) + (1 - self.beta_1) * grads[name]
        v = self.beta_2 * self.v.get(name, 0.0) + (1 - self.beta_2) * grads[name] ** 2
        self.m[name], self.v[name] = m, v
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - self.beta_1**t), v / (1 - self.beta_2**t)
        new_params[name] = w - lr * m_hat / (v_hat + self.epsilon)
    return new_params


@slip(
    "adam",
    fails=(
        "test_adam_moving_averages",
        "test_adam_first_step",
        "test_adam_bias_correction_of_later_steps",
        "test_adam_epsilon_outside_the_root",
        "test_adam_epsilon_and_bias_correction",
    ),
    says="as if v averaged the gradient instead of its square",
)
def gradient_not_squared(self, params, grads, iteration):
    lr, t = self.rate(iteration), iteration + 1
    new_params = {}
    for name, w in params.items():
        m = self.beta_1 * self.m.get(name, 0.0) + (1 - self.beta_1) * grads[name]
        v = self.beta_2 * self.v.get(name, 0.0) + (1 - self.beta_2) * np.abs(grads[name])
        self.m[name], self.v[name] = m, v
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - self.beta_1**t), v / (1 - self.beta_2**t)
        new_params[name] = w - lr * m_hat / (np.sqrt(v_hat) + self.epsilon)
    return new_params


@slip(
    "adam",
    fails=(
        "test_adam_moving_averages",
        "test_adam_bias_correction_of_later_steps",
        "test_adam_epsilon_outside_the_root",
        "test_adam_epsilon_and_bias_correction",
    ),
    says="as if the step used the gradient instead of its average m, which is RMSprop",
)
def gradient_instead_of_m(self, params, grads, iteration):
    lr, t = self.rate(iteration), iteration + 1
    new_params = {}
    for name, w in params.items():
        m = self.beta_1 * self.m.get(name, 0.0) + (1 - self.beta_1) * grads[name]
        v = self.beta_2 * self.v.get(name, 0.0) + (1 - self.beta_2) * grads[name] ** 2
        self.m[name], self.v[name] = m, v
        m_hat, v_hat = grads[name], v
        if self.bias_correction:
            m_hat, v_hat = grads[name], v / (1 - self.beta_2**t)
        new_params[name] = w - lr * m_hat / (np.sqrt(v_hat) + self.epsilon)
    return new_params


@slip(
    "adam",
    fails=(
        "test_adam_moving_averages",
        "test_adam_first_step",
        "test_adam_bias_correction_of_later_steps",
        "test_adam_epsilon_outside_the_root",
        "test_adam_epsilon_and_bias_correction",
    ),
    says="as if 1 - beta were missing before the gradients",
)
def sums_instead_of_averages(self, params, grads, iteration):
    lr, t = self.rate(iteration), iteration + 1
    new_params = {}
    for name, w in params.items():
        m = self.beta_1 * self.m.get(name, 0.0) + grads[name]
        v = self.beta_2 * self.v.get(name, 0.0) + grads[name] ** 2
        self.m[name], self.v[name] = m, v
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - self.beta_1**t), v / (1 - self.beta_2**t)
        new_params[name] = w - lr * m_hat / (np.sqrt(v_hat) + self.epsilon)
    return new_params


@slip(
    "adam",
    fails=(
        "test_adam_moving_averages",
        "test_adam_bias_correction_of_later_steps",
        "test_adam_epsilon_outside_the_root",
        "test_adam_epsilon_and_bias_correction",
    ),
    says="as if m and v started at 0 at every step",
)
def moments_forgotten(self, params, grads, iteration):
    lr, t = self.rate(iteration), iteration + 1
    new_params = {}
    for name, w in params.items():
        m = self.beta_1 * self.m.get(name, 0.0) + (1 - self.beta_1) * grads[name]
        v = self.beta_2 * self.v.get(name, 0.0) + (1 - self.beta_2) * grads[name] ** 2
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - self.beta_1**t), v / (1 - self.beta_2**t)
        new_params[name] = w - lr * m_hat / (np.sqrt(v_hat) + self.epsilon)
    return new_params


@slip(
    "adam",
    fails=("test_adam_bias_correction_of_later_steps", "test_adam_epsilon_and_bias_correction"),
    says="as if the corrected m_hat and v_hat were kept for the next step instead of m and v",
)
def corrected_moments_kept(self, params, grads, iteration):
    lr, t = self.rate(iteration), iteration + 1
    new_params = {}
    for name, w in params.items():
        m = self.beta_1 * self.m.get(name, 0.0) + (1 - self.beta_1) * grads[name]
        v = self.beta_2 * self.v.get(name, 0.0) + (1 - self.beta_2) * grads[name] ** 2
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - self.beta_1**t), v / (1 - self.beta_2**t)
        self.m[name], self.v[name] = m_hat, v_hat
        new_params[name] = w - lr * m_hat / (np.sqrt(v_hat) + self.epsilon)
    return new_params


@slip(
    "adam",
    fails=(
        "test_adam_moving_averages",
        "test_adam_bias_correction_of_later_steps",
        "test_adam_epsilon_outside_the_root",
        "test_adam_epsilon_and_bias_correction",
    ),
    says="as if m and v were one and the same dict",
)
def one_dict_for_both_moments(self, params, grads, iteration):
    lr, t = self.rate(iteration), iteration + 1
    if iteration == 0:
        self.m = self.v = {}
    new_params = {}
    for name, w in params.items():
        m = self.beta_1 * self.m.get(name, 0.0) + (1 - self.beta_1) * grads[name]
        v = self.beta_2 * self.v.get(name, 0.0) + (1 - self.beta_2) * grads[name] ** 2
        self.m[name], self.v[name] = m, v
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - self.beta_1**t), v / (1 - self.beta_2**t)
        new_params[name] = w - lr * m_hat / (np.sqrt(v_hat) + self.epsilon)
    return new_params


@slip(
    "adam",
    fails=(
        "test_adam_moving_averages",
        "test_adam_bias_correction_of_later_steps",
        "test_adam_epsilon_outside_the_root",
        "test_adam_epsilon_and_bias_correction",
    ),
    says="as if moments were found by the position of a parameter in the dict, not by its name",
)
def moments_by_position(self, params, grads, iteration):
    lr, t = self.rate(iteration), iteration + 1
    new_params = {}
    for k, (name, w) in enumerate(params.items()):
        m = self.beta_1 * self.m.get(k, 0.0) + (1 - self.beta_1) * grads[name]
        v = self.beta_2 * self.v.get(k, 0.0) + (1 - self.beta_2) * grads[name] ** 2
        self.m[k], self.v[k] = m, v
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - self.beta_1**t), v / (1 - self.beta_2**t)
        new_params[name] = w - lr * m_hat / (np.sqrt(v_hat) + self.epsilon)
    return new_params


@slip(
    "adam",
    fails=(
        "test_adam_moving_averages",
        "test_adam_first_step",
        "test_adam_bias_correction_of_later_steps",
        "test_adam_epsilon_outside_the_root",
        "test_adam_epsilon_and_bias_correction",
    ),
    says="as if the step were added: it goes uphill",
)
def uphill_by_adam(self, params, grads, iteration):
    lr, t = self.rate(iteration), iteration + 1
    new_params = {}
    for name, w in params.items():
        m = self.beta_1 * self.m.get(name, 0.0) + (1 - self.beta_1) * grads[name]
        v = self.beta_2 * self.v.get(name, 0.0) + (1 - self.beta_2) * grads[name] ** 2
        self.m[name], self.v[name] = m, v
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - self.beta_1**t), v / (1 - self.beta_2**t)
        new_params[name] = w + lr * m_hat / (np.sqrt(v_hat) + self.epsilon)
    return new_params


@slip(
    "adam",
    fails=(
        "test_adam_moving_averages",
        "test_adam_first_step",
        "test_adam_bias_correction_of_later_steps",
        "test_adam_epsilon_outside_the_root",
        "test_adam_epsilon_and_bias_correction",
        "test_adam_takes_the_rate_of_the_step",
    ),
    says="as if only the weights were updated, not the biases",
)
def weights_only_by_adam(self, params, grads, iteration):
    lr, t = self.rate(iteration), iteration + 1
    new_params = {}
    for name, w in params.items():
        if not name.startswith("W"):
            new_params[name] = w.copy()
            continue
        m = self.beta_1 * self.m.get(name, 0.0) + (1 - self.beta_1) * grads[name]
        v = self.beta_2 * self.v.get(name, 0.0) + (1 - self.beta_2) * grads[name] ** 2
        self.m[name], self.v[name] = m, v
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - self.beta_1**t), v / (1 - self.beta_2**t)
        new_params[name] = w - lr * m_hat / (np.sqrt(v_hat) + self.epsilon)
    return new_params


@slip(
    "adam",
    fails=("test_adam_takes_the_rate_of_the_step",),
    says="as if `decay` were applied to a rate that had decayed before: the base rate is overwritten",
)
def decay_compounds_in_adam(self, params, grads, iteration):
    self.lr = self.lr / (1 + self.decay * iteration)
    if self.scheduler_func is not None:
        self.lr = self.scheduler_func(self.lr, iteration)
    lr, t = self.lr, iteration + 1
    new_params = {}
    for name, w in params.items():
        m = self.beta_1 * self.m.get(name, 0.0) + (1 - self.beta_1) * grads[name]
        v = self.beta_2 * self.v.get(name, 0.0) + (1 - self.beta_2) * grads[name] ** 2
        self.m[name], self.v[name] = m, v
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - self.beta_1**t), v / (1 - self.beta_2**t)
        new_params[name] = w - lr * m_hat / (np.sqrt(v_hat) + self.epsilon)
    return new_params


@slip("adam", fails=("test_adam_takes_the_rate_of_the_step",), says="as if `decay` and `scheduler_func` were ignored")
def decay_ignored_in_adam(self, params, grads, iteration):
    lr, t = self.lr, iteration + 1
    new_params = {}
    for name, w in params.items():
        m = self.beta_1 * self.m.get(name, 0.0) + (1 - self.beta_1) * grads[name]
        v = self.beta_2 * self.v.get(name, 0.0) + (1 - self.beta_2) * grads[name] ** 2
        self.m[name], self.v[name] = m, v
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - self.beta_1**t), v / (1 - self.beta_2**t)
        new_params[name] = w - lr * m_hat / (np.sqrt(v_hat) + self.epsilon)
    return new_params


@slip(
    "adam",
    fails=("test_adam_takes_the_rate_of_the_step",),
    says="as if iterations were counted from 1 in the rate, as t is",
)
def rate_of_t(self, params, grads, iteration):
    t = iteration + 1
    lr = self.rate(t)
    new_params = {}
    for name, w in params.items():
        m = self.beta_1 * self.m.get(name, 0.0) + (1 - self.beta_1) * grads[name]
        v = self.beta_2 * self.v.get(name, 0.0) + (1 - self.beta_2) * grads[name] ** 2
        self.m[name], self.v[name] = m, v
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - self.beta_1**t), v / (1 - self.beta_2**t)
        new_params[name] = w - lr * m_hat / (np.sqrt(v_hat) + self.epsilon)
    return new_params


@slip(
    "adam",
    fails=("test_adam_first_step", "test_adam_shares_nothing"),
    says="as if the parameters were changed in place with -=, which also fails for integer arrays",
)
def parameters_changed_in_place_by_adam(self, params, grads, iteration):
    lr, t = self.rate(iteration), iteration + 1
    new_params = {}
    for name, w in params.items():
        m = self.beta_1 * self.m.get(name, 0.0) + (1 - self.beta_1) * grads[name]
        v = self.beta_2 * self.v.get(name, 0.0) + (1 - self.beta_2) * grads[name] ** 2
        self.m[name], self.v[name] = m, v
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - self.beta_1**t), v / (1 - self.beta_2**t)
        w -= lr * m_hat / (np.sqrt(v_hat) + self.epsilon)
        new_params[name] = w
    return new_params


@slip("adam", fails=("test_adam_shares_nothing",), says="as if the gradients were squared in place")
def gradients_squared_in_place(self, params, grads, iteration):
    lr, t = self.rate(iteration), iteration + 1
    new_params = {}
    for name, w in params.items():
        m = self.beta_1 * self.m.get(name, 0.0) + (1 - self.beta_1) * grads[name]
        grads[name] **= 2
        v = self.beta_2 * self.v.get(name, 0.0) + (1 - self.beta_2) * grads[name]
        self.m[name], self.v[name] = m, v
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - self.beta_1**t), v / (1 - self.beta_2**t)
        new_params[name] = w - lr * m_hat / (np.sqrt(v_hat) + self.epsilon)
    return new_params


@slip("adam", fails=("test_adam_shares_nothing",), says="as if all optimizers shared their m and v")
def moments_of_the_class(self, params, grads, iteration):
    if iteration == 0:
        type(self).first, type(self).second = {}, {}
    lr, t = self.rate(iteration), iteration + 1
    new_params = {}
    for name, w in params.items():
        m = self.beta_1 * self.first.get(name, 0.0) + (1 - self.beta_1) * grads[name]
        v = self.beta_2 * self.second.get(name, 0.0) + (1 - self.beta_2) * grads[name] ** 2
        self.first[name], self.second[name] = m, v
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - self.beta_1**t), v / (1 - self.beta_2**t)
        new_params[name] = w - lr * m_hat / (np.sqrt(v_hat) + self.epsilon)
    return new_params


@slip("adam", fails=("test_adam_shares_nothing",), says="as if all optimizers shared one count of steps")
def steps_counted_by_the_class(self, params, grads, iteration):
    if iteration == 0:
        type(self).steps = 0
    type(self).steps += 1
    lr, t = self.rate(iteration), type(self).steps
    new_params = {}
    for name, w in params.items():
        m = self.beta_1 * self.m.get(name, 0.0) + (1 - self.beta_1) * grads[name]
        v = self.beta_2 * self.v.get(name, 0.0) + (1 - self.beta_2) * grads[name] ** 2
        self.m[name], self.v[name] = m, v
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - self.beta_1**t), v / (1 - self.beta_2**t)
        new_params[name] = w - lr * m_hat / (np.sqrt(v_hat) + self.epsilon)
    return new_params


@slip(
    "adam",
    fails=("test_adam_first_step",),
    says="as if m and v had the integer type of the parameters and lost their fractions",
)
def integer_moments(self, params, grads, iteration):
    lr, t = self.rate(iteration), iteration + 1
    new_params = {}
    for name, w in params.items():
        if name not in self.m:
            self.m[name], self.v[name] = np.zeros_like(w), np.zeros_like(w)
        m, v = self.m[name], self.v[name]
        m[...] = self.beta_1 * m + (1 - self.beta_1) * grads[name]
        v[...] = self.beta_2 * v + (1 - self.beta_2) * grads[name] ** 2
        m_hat, v_hat = m, v
        if self.bias_correction:
            m_hat, v_hat = m / (1 - self.beta_1**t), v / (1 - self.beta_2**t)
        new_params[name] = w - lr * m_hat / (np.sqrt(v_hat) + self.epsilon)
    return new_params
