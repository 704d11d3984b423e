"""What goes wrong in task 3.1, the update of SGD: each function is a whole TODO cell with one mistake.

They run inside the notebook: its names are there, ours are not.
"""

from __future__ import annotations

import numpy as np

from autograder.slips import slip


@slip(
    "sgd",
    fails=("test_sgd_without_momentum", "test_sgd_with_momentum", "test_sgd_with_nesterov_momentum"),
    says="as if the gradient were added: the steps go uphill",
)
def uphill(self, params, grads, iteration):
    lr = self.rate(iteration)
    new_params = {}
    for name, w in params.items():
        velocity = self.momentum * self.velocities.get(name, 0.0) + lr * grads[name]
        step = self.momentum * velocity + lr * grads[name] if self.nesterov else velocity
        self.velocities[name] = velocity
        new_params[name] = w + step
    return new_params


@slip(
    "sgd",
    fails=("test_sgd_with_momentum", "test_sgd_with_nesterov_momentum"),
    says="as if the velocity were forgotten after each step",
)
def velocity_forgotten(self, params, grads, iteration):
    lr = self.rate(iteration)
    new_params = {}
    for name, w in params.items():
        velocity = self.momentum * self.velocities.get(name, 0.0) - lr * grads[name]
        step = self.momentum * velocity - lr * grads[name] if self.nesterov else velocity
        new_params[name] = w + step
    return new_params


@slip("sgd", fails=("test_sgd_with_momentum",), says="as if every momentum were Nesterov's")
def always_nesterov(self, params, grads, iteration):
    lr = self.rate(iteration)
    new_params = {}
    for name, w in params.items():
        velocity = self.momentum * self.velocities.get(name, 0.0) - lr * grads[name]
        step = self.momentum * velocity - lr * grads[name]
        self.velocities[name] = velocity
        new_params[name] = w + step
    return new_params


@slip("sgd", fails=("test_sgd_with_nesterov_momentum",), says="as if `nesterov` were ignored")
def nesterov_ignored(self, params, grads, iteration):
    lr = self.rate(iteration)
    new_params = {}
    for name, w in params.items():
        velocity = self.momentum * self.velocities.get(name, 0.0) - lr * grads[name]
        step = velocity
        self.velocities[name] = velocity
        new_params[name] = w + step
    return new_params


@slip("sgd", fails=("test_sgd_with_nesterov_momentum",), says="as if Nesterov's step left out the gradient itself")
def nesterov_without_the_gradient(self, params, grads, iteration):
    lr = self.rate(iteration)
    new_params = {}
    for name, w in params.items():
        velocity = self.momentum * self.velocities.get(name, 0.0) - lr * grads[name]
        step = self.momentum * velocity if self.nesterov else velocity
        self.velocities[name] = velocity
        new_params[name] = w + step
    return new_params


@slip(
    "sgd",
    fails=(
        "test_sgd_without_momentum",
        "test_sgd_with_momentum",
        "test_sgd_with_nesterov_momentum",
        "test_sgd_takes_the_rate_of_the_step",
    ),
    says="as if the momentum were 0.9 whatever `momentum` says",
)
def momentum_hard_coded(self, params, grads, iteration):
    lr = self.rate(iteration)
    new_params = {}
    for name, w in params.items():
        velocity = 0.9 * self.velocities.get(name, 0.0) - lr * grads[name]
        step = 0.9 * velocity - lr * grads[name] if self.nesterov else velocity
        self.velocities[name] = velocity
        new_params[name] = w + step
    return new_params


@slip(
    "sgd",
    fails=("test_sgd_with_momentum", "test_sgd_with_nesterov_momentum"),
    says="as if the new gradient were weighted with 1 - momentum",
)
def average_of_gradients(self, params, grads, iteration):
    lr = self.rate(iteration)
    new_params = {}
    for name, w in params.items():
        velocity = self.momentum * self.velocities.get(name, 0.0) - (1 - self.momentum) * lr * grads[name]
        step = self.momentum * velocity - lr * grads[name] if self.nesterov else velocity
        self.velocities[name] = velocity
        new_params[name] = w + step
    return new_params


@slip(
    "sgd",
    fails=(
        "test_sgd_without_momentum",
        "test_sgd_with_momentum",
        "test_sgd_with_nesterov_momentum",
        "test_sgd_takes_the_rate_of_the_step",
    ),
    says="as if the learning rate were multiplied in twice, into the velocity and into the step",
)
def rate_twice(self, params, grads, iteration):
    lr = self.rate(iteration)
    new_params = {}
    for name, w in params.items():
        velocity = self.momentum * self.velocities.get(name, 0.0) - lr * grads[name]
        step = self.momentum * velocity - lr * grads[name] if self.nesterov else velocity
        self.velocities[name] = velocity
        new_params[name] = w + lr * step
    return new_params


@slip(
    "sgd",
    fails=("test_sgd_takes_the_rate_of_the_step",),
    says="as if `decay` were applied to a rate that had decayed before: the base rate is overwritten",
)
def decay_compounds(self, params, grads, iteration):
    self.lr = self.lr / (1 + self.decay * iteration)
    if self.scheduler_func is not None:
        self.lr = self.scheduler_func(self.lr, iteration)
    lr = self.lr
    new_params = {}
    for name, w in params.items():
        velocity = self.momentum * self.velocities.get(name, 0.0) - lr * grads[name]
        step = self.momentum * velocity - lr * grads[name] if self.nesterov else velocity
        self.velocities[name] = velocity
        new_params[name] = w + step
    return new_params


@slip("sgd", fails=("test_sgd_takes_the_rate_of_the_step",), says="as if `decay` and `scheduler_func` were ignored")
def decay_ignored(self, params, grads, iteration):
    lr = self.lr
    new_params = {}
    for name, w in params.items():
        velocity = self.momentum * self.velocities.get(name, 0.0) - lr * grads[name]
        step = self.momentum * velocity - lr * grads[name] if self.nesterov else velocity
        self.velocities[name] = velocity
        new_params[name] = w + step
    return new_params


@slip("sgd", fails=("test_sgd_takes_the_rate_of_the_step",), says="as if `scheduler_func` were ignored")
def scheduler_ignored(self, params, grads, iteration):
    lr = self.lr / (1 + self.decay * iteration)
    new_params = {}
    for name, w in params.items():
        velocity = self.momentum * self.velocities.get(name, 0.0) - lr * grads[name]
        step = self.momentum * velocity - lr * grads[name] if self.nesterov else velocity
        self.velocities[name] = velocity
        new_params[name] = w + step
    return new_params


@slip("sgd", fails=("test_sgd_takes_the_rate_of_the_step",), says="as if iterations were counted from 1 in the rate")
def iterations_from_one(self, params, grads, iteration):
    lr = self.rate(iteration + 1)
    new_params = {}
    for name, w in params.items():
        velocity = self.momentum * self.velocities.get(name, 0.0) - lr * grads[name]
        step = self.momentum * velocity - lr * grads[name] if self.nesterov else velocity
        self.velocities[name] = velocity
        new_params[name] = w + step
    return new_params


@slip(
    "sgd",
    fails=("test_sgd_without_momentum", "test_sgd_shares_nothing"),
    says="as if the parameters were changed in place with +=, which also fails for integer arrays",
)
def parameters_changed_in_place(self, params, grads, iteration):
    lr = self.rate(iteration)
    new_params = {}
    for name, w in params.items():
        velocity = self.momentum * self.velocities.get(name, 0.0) - lr * grads[name]
        step = self.momentum * velocity - lr * grads[name] if self.nesterov else velocity
        self.velocities[name] = velocity
        w += step
        new_params[name] = w
    return new_params


@slip(
    "sgd", fails=("test_sgd_shares_nothing",), says="as if the new arrays were put into the dict `params` that came in"
)
def new_arrays_in_the_given_dict(self, params, grads, iteration):
    lr = self.rate(iteration)
    for name, w in params.items():
        velocity = self.momentum * self.velocities.get(name, 0.0) - lr * grads[name]
        step = self.momentum * velocity - lr * grads[name] if self.nesterov else velocity
        self.velocities[name] = velocity
        params[name] = w + step
    return params


@slip(
    "sgd",
    fails=("test_sgd_without_momentum", "test_sgd_shares_nothing"),
    says="as if the gradients were scaled in place",
)
def gradients_changed_in_place(self, params, grads, iteration):
    lr = self.rate(iteration)
    new_params = {}
    for name, w in params.items():
        grads[name] *= lr
        velocity = self.momentum * self.velocities.get(name, 0.0) - grads[name]
        step = self.momentum * velocity - grads[name] if self.nesterov else velocity
        self.velocities[name] = velocity
        new_params[name] = w + step
    return new_params


@slip(
    "sgd",
    fails=("test_sgd_shares_nothing",),
    says="as if the first velocity were the caller's gradient array itself, not a copy of it",
)
def velocity_is_the_gradient_array(self, params, grads, iteration):
    lr = self.rate(iteration)
    new_params = {}
    for name, w in params.items():
        if name not in self.velocities:
            self.velocities[name] = grads[name]
        else:
            self.velocities[name] = self.momentum * self.velocities[name] + grads[name]
        step = grads[name] + self.momentum * self.velocities[name] if self.nesterov else self.velocities[name]
        new_params[name] = w - lr * step
    return new_params


@slip("sgd", fails=("test_sgd_shares_nothing",), says="as if all optimizers shared one dict of velocities")
def velocities_of_the_class(self, params, grads, iteration):
    lr = self.rate(iteration)
    if iteration == 0:
        type(self).shared = {}
    velocities = type(self).shared
    new_params = {}
    for name, w in params.items():
        velocity = self.momentum * velocities.get(name, 0.0) - lr * grads[name]
        step = self.momentum * velocity - lr * grads[name] if self.nesterov else velocity
        velocities[name] = velocity
        new_params[name] = w + step
    return new_params


@slip(
    "sgd",
    fails=("test_sgd_with_momentum", "test_sgd_with_nesterov_momentum"),
    says="as if velocities were found by the position of a parameter in the dict, not by its name",
)
def velocities_by_position(self, params, grads, iteration):
    lr = self.rate(iteration)
    new_params = {}
    for k, (name, w) in enumerate(params.items()):
        velocity = self.momentum * self.velocities.get(k, 0.0) - lr * grads[name]
        step = self.momentum * velocity - lr * grads[name] if self.nesterov else velocity
        self.velocities[k] = velocity
        new_params[name] = w + step
    return new_params


@slip(
    "sgd",
    fails=(
        "test_sgd_without_momentum",
        "test_sgd_with_momentum",
        "test_sgd_with_nesterov_momentum",
        "test_sgd_takes_the_rate_of_the_step",
    ),
    says="as if only the weights were updated, not the biases",
)
def weights_only(self, params, grads, iteration):
    lr = self.rate(iteration)
    new_params = {}
    for name, w in params.items():
        if not name.startswith("W"):
            new_params[name] = w.copy()
            continue
        velocity = self.momentum * self.velocities.get(name, 0.0) - lr * grads[name]
        step = self.momentum * velocity - lr * grads[name] if self.nesterov else velocity
        self.velocities[name] = velocity
        new_params[name] = w + step
    return new_params


@slip(
    "sgd",
    fails=("test_sgd_without_momentum",),
    says="as if the velocity had the integer type of the parameters and lost its fraction",
)
def integer_velocity(self, params, grads, iteration):
    lr = self.rate(iteration)
    new_params = {}
    for name, w in params.items():
        if name not in self.velocities:
            self.velocities[name] = np.zeros_like(w)
        velocity = self.velocities[name]
        velocity[...] = self.momentum * velocity - lr * grads[name]
        step = self.momentum * velocity - lr * grads[name] if self.nesterov else velocity
        new_params[name] = w + step
    return new_params
