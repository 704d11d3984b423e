"""What goes wrong in task 3.5, the update of the net: each function is a whole TODO cell with one mistake.

They run inside the notebook: its names are there, ours are not.
"""

from __future__ import annotations

from typing import Any

from autograder.slips import slip

# What the notebook defines; slips are read as text, so that these are never used.
SGD: Any = None
Adam: Any = None


@slip(
    "net-update",
    fails=("test_update_with_momentum", "test_update_by_adam"),
    says="as if a new optimizer were made at every call, which forgets its state",
)
def new_optimizer_at_every_call(self, lr=0.001, momentum=0.0, beta_1=0.9, beta_2=0.999, epsilon=1e-8, opt="SGD"):
    if True:
        self.optimizers[opt] = SGD(lr, momentum) if opt == "SGD" else Adam(lr, beta_1, beta_2, epsilon)
    self.optimizers[opt].lr = lr
    self.params = self.optimizers[opt].update(self.params, self.grads, self.iteration)
    self.iteration += 1


@slip(
    "net-update",
    fails=("test_update_uses_the_lr_of_the_call",),
    says="as if the `lr` of the first call were used for ever",
)
def rate_of_the_first_call(self, lr=0.001, momentum=0.0, beta_1=0.9, beta_2=0.999, epsilon=1e-8, opt="SGD"):
    if opt not in self.optimizers:
        self.optimizers[opt] = SGD(lr, momentum) if opt == "SGD" else Adam(lr, beta_1, beta_2, epsilon)
    self.params = self.optimizers[opt].update(self.params, self.grads, self.iteration)
    self.iteration += 1


@slip("net-update", fails=("test_update_by_adam",), says="as if the steps were not counted: Adam's t stays 1")
def steps_not_counted(self, lr=0.001, momentum=0.0, beta_1=0.9, beta_2=0.999, epsilon=1e-8, opt="SGD"):
    if opt not in self.optimizers:
        self.optimizers[opt] = SGD(lr, momentum) if opt == "SGD" else Adam(lr, beta_1, beta_2, epsilon)
    self.optimizers[opt].lr = lr
    self.params = self.optimizers[opt].update(self.params, self.grads, self.iteration)


@slip("net-update", fails=("test_update_by_adam",), says="as if the steps were counted from 1: Adam's t starts at 2")
def steps_counted_from_one(self, lr=0.001, momentum=0.0, beta_1=0.9, beta_2=0.999, epsilon=1e-8, opt="SGD"):
    if opt not in self.optimizers:
        self.optimizers[opt] = SGD(lr, momentum) if opt == "SGD" else Adam(lr, beta_1, beta_2, epsilon)
    self.optimizers[opt].lr = lr
    self.params = self.optimizers[opt].update(self.params, self.grads, self.iteration + 1)
    self.iteration += 1


@slip("net-update", fails=("test_update_by_adam",), says="as if `opt` were ignored and SGD used for all")
def always_sgd(self, lr=0.001, momentum=0.0, beta_1=0.9, beta_2=0.999, epsilon=1e-8, opt="SGD"):
    if opt not in self.optimizers:
        self.optimizers[opt] = SGD(lr, momentum)
    self.optimizers[opt].lr = lr
    self.params = self.optimizers[opt].update(self.params, self.grads, self.iteration)
    self.iteration += 1


@slip("net-update", fails=("test_update_with_momentum",), says="as if `momentum` were not passed on to SGD")
def momentum_not_passed_on(self, lr=0.001, momentum=0.0, beta_1=0.9, beta_2=0.999, epsilon=1e-8, opt="SGD"):
    if opt not in self.optimizers:
        self.optimizers[opt] = SGD(lr) if opt == "SGD" else Adam(lr, beta_1, beta_2, epsilon)
    self.optimizers[opt].lr = lr
    self.params = self.optimizers[opt].update(self.params, self.grads, self.iteration)
    self.iteration += 1


@slip("net-update", fails=("test_update_by_adam",), says="as if beta_1, beta_2 and epsilon were not passed on to Adam")
def betas_not_passed_on(self, lr=0.001, momentum=0.0, beta_1=0.9, beta_2=0.999, epsilon=1e-8, opt="SGD"):
    if opt not in self.optimizers:
        self.optimizers[opt] = SGD(lr, momentum) if opt == "SGD" else Adam(lr)
    self.optimizers[opt].lr = lr
    self.params = self.optimizers[opt].update(self.params, self.grads, self.iteration)
    self.iteration += 1


@slip("net-update", fails=("test_update_by_adam",), says="as if beta_1 and beta_2 were passed on in the wrong order")
def betas_passed_in_the_wrong_order(self, lr=0.001, momentum=0.0, beta_1=0.9, beta_2=0.999, epsilon=1e-8, opt="SGD"):
    if opt not in self.optimizers:
        self.optimizers[opt] = SGD(lr, momentum) if opt == "SGD" else Adam(lr, beta_2, beta_1, epsilon)
    self.optimizers[opt].lr = lr
    self.params = self.optimizers[opt].update(self.params, self.grads, self.iteration)
    self.iteration += 1


@slip(
    "net-update",
    fails=(
        "test_update_by_gradient_descent",
        "test_update_with_momentum",
        "test_update_by_adam",
        "test_update_uses_the_lr_of_the_call",
    ),
    says="as if only the weights were updated, not the biases",
)
def weights_of_the_net_only(self, lr=0.001, momentum=0.0, beta_1=0.9, beta_2=0.999, epsilon=1e-8, opt="SGD"):
    if opt not in self.optimizers:
        self.optimizers[opt] = SGD(lr, momentum) if opt == "SGD" else Adam(lr, beta_1, beta_2, epsilon)
    self.optimizers[opt].lr = lr
    new = self.optimizers[opt].update(self.params, self.grads, self.iteration)
    for i in range(1, self.num_layers + 1):
        self.params[f"W{i}"] = new[f"W{i}"]
    self.iteration += 1


@slip(
    "net-update",
    fails=(
        "test_update_by_gradient_descent",
        "test_update_with_momentum",
        "test_update_by_adam",
        "test_update_uses_the_lr_of_the_call",
        "test_update_of_two_nets",
    ),
    says="as if the new parameters were computed and not kept",
)
def new_parameters_dropped(self, lr=0.001, momentum=0.0, beta_1=0.9, beta_2=0.999, epsilon=1e-8, opt="SGD"):
    if opt not in self.optimizers:
        self.optimizers[opt] = SGD(lr, momentum) if opt == "SGD" else Adam(lr, beta_1, beta_2, epsilon)
    self.optimizers[opt].lr = lr
    self.optimizers[opt].update(self.params, self.grads, self.iteration)
    self.iteration += 1


@slip(
    "net-update",
    fails=("test_update_by_gradient_descent", "test_update_with_momentum", "test_update_by_adam"),
    says="as if the step were taken uphill",
)
def uphill_net(self, lr=0.001, momentum=0.0, beta_1=0.9, beta_2=0.999, epsilon=1e-8, opt="SGD"):
    if opt not in self.optimizers:
        self.optimizers[opt] = SGD(lr, momentum) if opt == "SGD" else Adam(lr, beta_1, beta_2, epsilon)
    self.optimizers[opt].lr = lr
    uphill = {name: -grad for name, grad in self.grads.items()}
    self.params = self.optimizers[opt].update(self.params, uphill, self.iteration)
    self.iteration += 1


@slip("net-update", fails=("test_update_of_two_nets",), says="as if all nets shared one optimizer")
def optimizer_of_the_class(self, lr=0.001, momentum=0.0, beta_1=0.9, beta_2=0.999, epsilon=1e-8, opt="SGD"):
    if self.iteration == 0:
        type(self).optimizer = SGD(lr, momentum) if opt == "SGD" else Adam(lr, beta_1, beta_2, epsilon)
    self.optimizer.lr = lr
    self.params = self.optimizer.update(self.params, self.grads, self.iteration)
    self.iteration += 1


@slip(
    "net-update", fails=("test_update_of_two_nets",), says="as if the gradients were set to 0 in place after the step"
)
def gradients_emptied(self, lr=0.001, momentum=0.0, beta_1=0.9, beta_2=0.999, epsilon=1e-8, opt="SGD"):
    if opt not in self.optimizers:
        self.optimizers[opt] = SGD(lr, momentum) if opt == "SGD" else Adam(lr, beta_1, beta_2, epsilon)
    self.optimizers[opt].lr = lr
    self.params = self.optimizers[opt].update(self.params, self.grads, self.iteration)
    self.iteration += 1
    for grad in self.grads.values():
        grad.fill(0)
