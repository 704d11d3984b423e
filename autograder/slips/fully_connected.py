"""Slips in `FCLayer.forward`, `FCLayer.backward` and `dense_by_hand`."""

import numpy as np

from autograder.slips import slip

PRODUCT = "test_forward_multiplies_by_the_weights"
BIAS = "test_forward_adds_the_bias_to_every_row"
ONE_EXAMPLE = "test_forward_of_one_example"
CALLS = "test_forward_calls_do_not_touch_each_other"
ARGUMENTS = "test_forward_leaves_its_arguments"
TYPES = "test_forward_for_every_type"
INPUTS = "test_backward_returns_the_gradient_of_the_inputs"
W_GRAD = "test_backward_stores_the_gradient_of_the_weights"
B_GRAD = "test_backward_stores_the_gradient_of_the_bias"
FRESH = "test_backward_stores_fresh_gradients"
BACKWARD_ARGUMENTS = "test_backward_leaves_its_arguments"
BACKWARD_TYPES = "test_backward_for_every_type"
KERNEL = "test_dense_multiplies_by_the_kernel"
DENSE_BIAS = "test_dense_adds_the_bias"
DENSE_TYPES = "test_dense_with_the_types_of_keras"
DENSE_ARGUMENTS = "test_dense_leaves_its_arguments"
EVERY_FORWARD = (PRODUCT, BIAS, ONE_EXAMPLE, CALLS, ARGUMENTS, TYPES)
EVERY_BACKWARD = (INPUTS, W_GRAD, B_GRAD, FRESH, BACKWARD_ARGUMENTS, BACKWARD_TYPES)

# --- forward


@slip("fc-forward", fails=(BIAS,), says="as if the bias were left out")
def without_bias(self, inputs):
    return inputs @ self.weights


@slip("fc-forward", fails=(BIAS,), says="as if the bias were subtracted")
def minus_bias(self, inputs):
    return inputs @ self.weights - self.bias


@slip("fc-forward", fails=(BIAS, ONE_EXAMPLE), says="as if the bias were added to the first example only")
def bias_in_the_first_row(self, inputs):
    outputs = inputs @ self.weights
    outputs[0] += self.bias
    return outputs


@slip("fc-forward", fails=(BIAS,), says="as if the sum of the bias were added")
def sum_of_the_bias(self, inputs):
    return inputs @ self.weights + self.bias.sum()


@slip("fc-forward", fails=(BIAS,), says="as if the bias were added twice")
def bias_twice(self, inputs):
    outputs = np.zeros((inputs.shape[0], self.weights.shape[1])) + self.bias
    outputs += inputs @ self.weights + self.bias
    return outputs


@slip("fc-forward", fails=EVERY_FORWARD, says="as if the bias ran along the examples")
def bias_along_the_examples(self, inputs):
    return inputs @ self.weights + self.bias[:, None]


@slip("fc-forward", fails=EVERY_FORWARD, says="as if the weights were kept as (out, in)")
def weights_transposed(self, inputs):
    return inputs @ self.weights.T + self.bias


@slip("fc-forward", fails=(PRODUCT,), says="as if negative outputs were cut to zero")
def relu_in_the_layer(self, inputs):
    return np.maximum(inputs @ self.weights, 0) + self.bias


@slip("fc-forward", fails=(PRODUCT,), says="as if the product were divided by the number of inputs")
def mean_over_the_inputs(self, inputs):
    return inputs @ self.weights / inputs.shape[1] + self.bias


@slip("fc-forward", fails=(PRODUCT,), says="as if the last input were left out of the sum")
def last_input_left_out(self, inputs):
    outputs = np.zeros((inputs.shape[0], self.weights.shape[1]))
    for n in range(inputs.shape[0]):
        for c in range(self.weights.shape[1]):
            for d in range(self.weights.shape[0] - 1):
                outputs[n, c] += inputs[n, d] * self.weights[d, c]
    return outputs + self.bias


@slip("fc-forward", fails=(PRODUCT, ONE_EXAMPLE), says="as if a reshape had been taken for a transpose")
def reshape_for_transpose(self, inputs):
    columns = inputs.reshape(self.weights.shape[0], -1)
    return (self.weights.T @ columns).T + self.bias


@slip("fc-forward", fails=(PRODUCT, ONE_EXAMPLE), says="as if the mean of the batch were subtracted from the inputs")
def centred_batch(self, inputs):
    return (inputs - inputs.mean(axis=0)) @ self.weights + self.bias


@slip("fc-forward", fails=(PRODUCT, BIAS, ONE_EXAMPLE), says="as if axes of length one were squeezed away")
def squeezed_outputs(self, inputs):
    return np.squeeze(inputs @ self.weights + self.bias)


@slip(
    "fc-forward", fails=(ONE_EXAMPLE, CALLS, ARGUMENTS), says="as if the bias became a row of the weights at every call"
)
def bias_stacked_into_the_weights(self, inputs):
    self.weights = np.vstack([self.weights, self.bias])
    return np.hstack([inputs, np.ones((len(inputs), 1))]) @ self.weights


@slip("fc-forward", fails=(CALLS, ONE_EXAMPLE), says="as if the outputs of earlier calls were added")
def outputs_accumulate(self, inputs):
    if not hasattr(self, "outputs"):
        self.outputs = 0
    self.outputs = self.outputs + inputs @ self.weights + self.bias
    return self.outputs


@slip("fc-forward", fails=(ARGUMENTS,), says="as if the bias of the layer were reshaped")
def bias_reshaped(self, inputs):
    self.bias = self.bias.reshape(1, -1)
    return inputs @ self.weights + self.bias


@slip(
    "fc-forward",
    fails=(TYPES,),
    says="as if the outputs had the type of the inputs, which cuts off the digits when those are integers",
)
def outputs_of_the_type_of_the_inputs(self, inputs):
    outputs = np.zeros((inputs.shape[0], self.weights.shape[1]), dtype=inputs.dtype)
    outputs[:] = inputs @ self.weights + self.bias
    return outputs


# --- backward


@slip(
    "fc-backward", fails=(W_GRAD,), says="as if w_grad were averaged over the batch; that mean is in the loss already"
)
def w_grad_averaged(self, in_grads, inputs):
    self.w_grad = inputs.T @ in_grads / len(inputs)
    self.b_grad = in_grads.sum(axis=0)
    return in_grads @ self.weights.T


@slip(
    "fc-backward", fails=(B_GRAD,), says="as if b_grad were averaged over the batch; that mean is in the loss already"
)
def b_grad_averaged(self, in_grads, inputs):
    self.w_grad = inputs.T @ in_grads
    self.b_grad = in_grads.mean(axis=0)
    return in_grads @ self.weights.T


@slip("fc-backward", fails=(B_GRAD, FRESH, BACKWARD_TYPES), says="as if b_grad were summed to one number")
def b_grad_one_number(self, in_grads, inputs):
    self.w_grad = inputs.T @ in_grads
    self.b_grad = in_grads.sum()
    return in_grads @ self.weights.T


@slip("fc-backward", fails=(B_GRAD, FRESH, BACKWARD_TYPES), says="as if b_grad kept the axis of the batch, as (1, out)")
def b_grad_with_two_axes(self, in_grads, inputs):
    self.w_grad = inputs.T @ in_grads
    self.b_grad = in_grads.sum(axis=0, keepdims=True)
    return in_grads @ self.weights.T


@slip("fc-backward", fails=(B_GRAD, FRESH, BACKWARD_TYPES), says="as if b_grad were summed over the outputs, axis 1")
def b_grad_along_the_outputs(self, in_grads, inputs):
    self.w_grad = inputs.T @ in_grads
    self.b_grad = in_grads.sum(axis=1)
    return in_grads @ self.weights.T


@slip("fc-backward", fails=(B_GRAD,), says="as if b_grad were that of the first example")
def b_grad_of_the_first_example(self, in_grads, inputs):
    self.w_grad = inputs.T @ in_grads
    self.b_grad = in_grads[0].copy()
    return in_grads @ self.weights.T


@slip("fc-backward", fails=(W_GRAD, FRESH, BACKWARD_TYPES), says="as if w_grad were transposed, (out, in)")
def w_grad_transposed(self, in_grads, inputs):
    self.w_grad = in_grads.T @ inputs
    self.b_grad = in_grads.sum(axis=0)
    return in_grads @ self.weights.T


@slip("fc-backward", fails=(W_GRAD,), says="as if w_grad had the wrong sign, as a step has and a gradient has not")
def w_grad_negative(self, in_grads, inputs):
    self.w_grad = -inputs.T @ in_grads
    self.b_grad = in_grads.sum(axis=0)
    return in_grads @ self.weights.T


@slip("fc-backward", fails=(W_GRAD,), says="as if a penalty of the weights were derived in the layer")
def w_grad_with_a_penalty(self, in_grads, inputs):
    self.w_grad = inputs.T @ in_grads + 2 * 5e-6 * self.weights
    self.b_grad = in_grads.sum(axis=0)
    return in_grads @ self.weights.T


@slip(
    "fc-backward",
    fails=(W_GRAD,),
    says="as if inputs and gradients were multiplied before they are paired up by example",
)
def w_grad_of_sums(self, in_grads, inputs):
    self.w_grad = np.outer(inputs.sum(axis=0), in_grads.sum(axis=0))
    self.b_grad = in_grads.sum(axis=0)
    return in_grads @ self.weights.T


@slip("fc-backward", fails=(W_GRAD,), says="as if w_grad were overwritten by each example, so that the last one stays")
def w_grad_of_the_last_example(self, in_grads, inputs):
    for x, g in zip(inputs, in_grads, strict=True):
        self.w_grad = np.outer(x, g)
    self.b_grad = in_grads.sum(axis=0)
    return in_grads @ self.weights.T


@slip("fc-backward", fails=EVERY_BACKWARD, says="as if the weights were not transposed for the way back")
def weights_not_transposed(self, in_grads, inputs):
    self.w_grad = inputs.T @ in_grads
    self.b_grad = in_grads.sum(axis=0)
    return in_grads @ self.weights


@slip("fc-backward", fails=(INPUTS,), says="as if the gradient of the inputs were multiplied by the inputs")
def times_the_inputs(self, in_grads, inputs):
    self.w_grad = inputs.T @ in_grads
    self.b_grad = in_grads.sum(axis=0)
    return in_grads @ self.weights.T * inputs


@slip("fc-backward", fails=(INPUTS,), says="as if the gradient of the inputs were averaged over the batch")
def input_gradient_averaged(self, in_grads, inputs):
    self.w_grad = inputs.T @ in_grads
    self.b_grad = in_grads.sum(axis=0)
    return in_grads @ self.weights.T / len(inputs)


@slip("fc-backward", fails=(INPUTS, BACKWARD_TYPES), says="as if nothing were returned")
def nothing_returned(self, in_grads, inputs):
    self.w_grad = inputs.T @ in_grads
    self.b_grad = in_grads.sum(axis=0)


@slip("fc-backward", fails=(INPUTS, BACKWARD_TYPES), says="as if all three gradients were returned")
def three_returned(self, in_grads, inputs):
    self.w_grad = inputs.T @ in_grads
    self.b_grad = in_grads.sum(axis=0)
    return in_grads @ self.weights.T, self.w_grad, self.b_grad


@slip("fc-backward", fails=(FRESH,), says="as if w_grad were added to at every call")
def w_grad_accumulates(self, in_grads, inputs):
    w_grad = inputs.T @ in_grads
    self.w_grad = w_grad if self.w_grad is None else self.w_grad + w_grad
    self.b_grad = in_grads.sum(axis=0)
    return in_grads @ self.weights.T


@slip("fc-backward", fails=(FRESH,), says="as if b_grad were added to at every call")
def b_grad_accumulates(self, in_grads, inputs):
    b_grad = in_grads.sum(axis=0)
    self.w_grad = inputs.T @ in_grads
    self.b_grad = b_grad if self.b_grad is None else self.b_grad + b_grad
    return in_grads @ self.weights.T


@slip("fc-backward", fails=(FRESH,), says="as if all layers shared one w_grad")
def w_grad_of_the_class(self, in_grads, inputs):
    vars(self).pop("w_grad", None)
    type(self).w_grad = inputs.T @ in_grads
    self.b_grad = in_grads.sum(axis=0)
    return in_grads @ self.weights.T


@slip("fc-backward", fails=(BACKWARD_ARGUMENTS,), says="as if in_grads were changed in place")
def in_grads_changed(self, in_grads, inputs):
    self.w_grad = inputs.T @ in_grads
    self.b_grad = in_grads.sum(axis=0)
    outputs = in_grads @ self.weights.T
    in_grads /= len(inputs)
    return outputs


@slip("fc-backward", fails=(BACKWARD_ARGUMENTS,), says="as if the layer made a step of gradient descent itself")
def step_in_backward(self, in_grads, inputs):
    self.w_grad = inputs.T @ in_grads
    self.b_grad = in_grads.sum(axis=0)
    outputs = in_grads @ self.weights.T
    self.weights -= 1e-2 * self.w_grad
    return outputs


@slip(
    "fc-backward",
    fails=(BACKWARD_TYPES,),
    says="as if the gradient had the type of the inputs, which cuts off the digits when those are integers",
)
def gradient_of_the_type_of_the_inputs(self, in_grads, inputs):
    self.w_grad = inputs.T @ in_grads
    self.b_grad = in_grads.sum(axis=0)
    outputs = np.zeros_like(inputs)
    for n in range(len(inputs)):
        outputs[n] = self.weights @ in_grads[n]
    return outputs


# --- dense_by_hand


@slip(
    "dense-by-hand",
    fails=(KERNEL, DENSE_BIAS, DENSE_TYPES, DENSE_ARGUMENTS),
    says="as if the kernel were kept as (units, inputs)",
)
def kernel_transposed(inputs, kernel, bias):
    return inputs @ kernel.T + bias


@slip("dense-by-hand", fails=(DENSE_BIAS,), says="as if the bias were left out")
def dense_without_bias(inputs, kernel, bias):
    return inputs @ kernel


@slip("dense-by-hand", fails=(DENSE_BIAS,), says="as if the bias were subtracted")
def dense_minus_bias(inputs, kernel, bias):
    return inputs @ kernel - bias


@slip("dense-by-hand", fails=(KERNEL,), says="as if the layer had an activation, relu")
def dense_with_relu(inputs, kernel, bias):
    return np.maximum(inputs @ kernel, 0) + bias


@slip("dense-by-hand", fails=(KERNEL,), says="as if the layer had an activation, tanh")
def dense_with_tanh(inputs, kernel, bias):
    return np.tanh(inputs @ kernel) + bias


@slip("dense-by-hand", fails=(DENSE_TYPES,), says="as if the outputs had the type of the inputs")
def dense_of_the_type_of_the_inputs(inputs, kernel, bias):
    return (inputs @ kernel + bias).astype(inputs.dtype)


@slip("dense-by-hand", fails=(DENSE_ARGUMENTS,), says="as if the bias were reshaped in place")
def bias_reshaped_in_place(inputs, kernel, bias):
    bias.shape = (1, -1)
    return inputs @ kernel + bias


@slip("dense-by-hand", fails=(DENSE_BIAS,), says="as if the bias were added to the kernel")
def bias_into_the_kernel(inputs, kernel, bias):
    return inputs @ (kernel + bias)
