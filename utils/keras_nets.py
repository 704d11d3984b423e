"""Say in words what a Keras net is made of, and what of it differs from a plan; it builds and trains no net.

    >>> plan = ["conv 8 3x3", "pool 2x2", "flatten", "dense 10"]
    >>> steps = describe([("Conv2D", {"filters": 8, "kernel_size": (5, 5), "activation": "relu"})])
    >>> print(order_problem(steps, plan))
    layer 1 is conv 8 5x5, expected conv 8 3x3; your net is conv 8 5x5

Layers come as pairs (name of the class, its `get_config()`), so that whoever describes a net need not have it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

Pair = tuple[str, Mapping[str, Any]]

NESTED = ("Sequential", "Functional", "Model")
_WITH_WEIGHTS = ("conv", "dense")
# What may stand anywhere in a net without making it another one.
_SILENT = ("InputLayer", "Identity", "Rescaling", "Normalization", "ActivityRegularization")
_DROPOUTS = ("Dropout", "SpatialDropout2D", "GaussianDropout", "AlphaDropout")


@dataclass(frozen=True)
class Step:
    """One layer: `text` is what a plan says of it ("conv 32 3x3"), `padding` and `activation` are extra."""

    kind: str
    text: str
    padding: str = ""
    activation: str = ""
    rate: float = 0.0

    def is_as(self, wanted: str) -> bool:
        """Whether it is what a plan asks for; a plan that names no padding takes any."""
        return wanted in (self.text, f"{self.text} {self.padding}")


def pairs_of(model: Any) -> list[Pair]:
    """Return the layers of a Keras model, those of models inside it in their place."""
    pairs: list[Pair] = []
    for layer in model.layers:
        name = type(layer).__name__
        pairs += pairs_of(layer) if name in NESTED else [(name, layer.get_config())]
    return pairs


def describe(pairs: Iterable[Pair]) -> list[Step]:
    """Return the steps of a net. An activation that is a layer of its own belongs to the layer with weights before it."""
    steps: list[Step] = []
    for name, config in pairs:
        function = _function_of_layer(name, config)
        owners = [k for k, step in enumerate(steps) if step.kind in _WITH_WEIGHTS]
        if function and owners:
            owner = steps[owners[-1]]
            chain = [part for part in (owner.activation, function) if part not in ("", "linear")]
            steps[owners[-1]] = replace(owner, activation=" and ".join(chain) or "linear")
        elif name not in _SILENT:
            steps.append(_step(name, config))
    return steps


def order_problem(steps: Sequence[Step], plan: Sequence[str], *, besides: Sequence[str] = ("dropout",)) -> str:
    """Return what of a net's layers is not as planned, "" where nothing is; kinds in `besides` may stand anywhere."""
    shown = [step for step in steps if step.kind not in besides]
    net = " > ".join(_words(step, plan) for step in shown) or "empty"
    for k, wanted in enumerate(plan):
        if k >= len(shown):
            return f"{wanted} is missing at the end; your net is {net}"
        if not shown[k].is_as(wanted):
            return f"layer {k + 1} is {_words(shown[k], [wanted])}, expected {wanted}; your net is {net}"
    if len(shown) > len(plan):
        return f"{_words(shown[len(plan)], plan)} comes after the last layer of the plan; your net is {net}"
    return ""


def activation_problem(steps: Sequence[Step]) -> str:
    """Return which layer with weights has the wrong activation: ReLU it should be, softmax for the last one."""
    layers = [step for step in steps if step.kind in _WITH_WEIGHTS]
    for k, step in enumerate(layers):
        wanted = "softmax" if k == len(layers) - 1 else "relu"
        if step.activation != wanted:
            found = step.activation if step.activation not in ("", "linear") else "no activation"
            return f"{step.text} has {found}, expected {wanted}"
    return "" if layers else "there is no layer with weights"


def dropout_problem(steps: Sequence[Step]) -> str:
    """Return which fully connected layer lacks its dropout, or why it is none; the last layer must not have one."""
    dense = [k for k, step in enumerate(steps) if step.kind == "dense"]
    if any(step.kind == "dropout" for step in steps[dense[-1] :] if dense):
        return "dropout behind the last layer sets probabilities to 0"
    for k in dense[:-1]:
        behind = [step for step in steps[k + 1 : k + 3] if step.kind != "batch norm"][:1]
        if not behind or behind[0].kind != "dropout":
            return f"no dropout directly behind {steps[k].text}"
        if not 0.1 <= behind[0].rate <= 0.8:
            return f"dropout of {behind[0].rate:g} behind {steps[k].text}: 0.5 is usual, 0.1 to 0.8 is taken"
    return too_much_dropout(steps) if len(dense) > 1 else "no hidden fully connected layer to put dropout behind"


def too_much_dropout(steps: Sequence[Step]) -> str:
    """Return which dropout, wherever it stands, leaves too little to learn from, "" where none does."""
    for k, step in enumerate(steps):
        if step.kind == "dropout" and step.rate > 0.8:
            before = steps[k - 1].text if k else "the images"
            return f"dropout of {step.rate:g} behind {before}: more than 0.8 leaves too little to learn from"
    return ""


def augmentation_problem(steps: Sequence[Step], *, mirror: bool) -> str:
    """Return what is wrong with the random layers: they stand before all weights; mirrored, if at all, left to right."""
    first = next((k for k, step in enumerate(steps) if step.kind in _WITH_WEIGHTS), len(steps))
    if late := [step.text for step in steps[first:] if step.kind == "random"]:
        return f"{late[0]} stands behind a layer with weights: it must change the image itself"
    random = [step.text for step in steps[:first] if step.kind == "random"]
    flips = [text for text in random if text.startswith("random flip")]
    if "random flip horizontal_and_vertical" in flips or "random flip vertical" in flips:
        return 'the flip turns images upside down: RandomFlip("horizontal") mirrors left and right only'
    if set(flips) - {"random flip horizontal"}:
        return "the mode of RandomFlip is none that Keras knows: it says nothing, and mirrors nothing"
    if mirror and not flips:
        return f"no RandomFlip where mirror is True; found {', '.join(random) or 'no random layer'}"
    if not mirror and flips:
        return "a RandomFlip although mirror is False"
    if len(random) == len(flips):
        return "no random layer besides the flip: move, turn or zoom the images a little, too"
    return ""


def shape_problem(input_shape: Any, output_shape: Any, wanted: Sequence[int], num_classes: int) -> str:
    """Return what is wrong with the shapes at the two ends of a net built for images `wanted` and `num_classes`."""
    if tuple(input_shape) != (None, *wanted):
        return f"input_shape {tuple(wanted)} gives a net for {tuple(input_shape)[1:]}"
    if tuple(output_shape) != (None, num_classes):
        return f"num_classes {num_classes} gives outputs {tuple(output_shape)}, expected (None, {num_classes})"
    return ""


def _words(step: Step, plan: Sequence[str]) -> str:
    """What a step is called beside this plan: with its padding where the plan is particular about it."""
    particular = any(wanted.startswith(step.text + " ") for wanted in plan)
    return f"{step.text} {step.padding}" if particular and step.padding else step.text


def _step(name: str, config: Mapping[str, Any]) -> Step:
    function = _function(config.get("activation", ""))
    if name == "Conv2D":
        text = f"conv {config.get('filters')} {_size(config.get('kernel_size'))}"
        odd = [
            f"{key} {_size(config.get(key))}" for key in ("strides", "dilation_rate") if _size(config.get(key)) != "1x1"
        ]
        odd += [] if config.get("use_bias", True) else ["without bias"]
        odd += [] if config.get("groups", 1) == 1 else [f"in {config.get('groups')} groups"]
        return Step("conv", " ".join([text, *odd]), str(config.get("padding", "valid")), function)
    if name in ("MaxPooling2D", "AveragePooling2D"):
        size, stride = _size(config.get("pool_size")), config.get("strides")
        steps = f" strides {_size(stride)}" if stride is not None and _size(stride) != size else ""
        return Step("pool", ("" if name.startswith("Max") else "average ") + f"pool {size}{steps}")
    if name == "Dense":
        bias = "" if config.get("use_bias", True) else " without bias"
        return Step("dense", f"dense {config.get('units')}{bias}", activation=function)
    if name == "Flatten" or (name == "Reshape" and tuple(config.get("target_shape", ())) == (-1,)):
        return Step("flatten", "flatten")
    if name in _DROPOUTS:
        rate = config.get("rate", 0.0)
        return Step("dropout", "dropout", rate=float(rate) if isinstance(rate, (int, float)) else 0.0)
    if name == "BatchNormalization":
        return Step("batch norm", "batch norm")
    if name.startswith("Random"):
        mode = f" {config.get('mode')}" if name == "RandomFlip" else ""
        return Step("random", f"random {name.removeprefix('Random').lower()}{mode}")
    return Step("other", name)


def _size(value: Any) -> str:
    """Write 3, (3, 3) and [3, 3] as 3x3; what is missing is 1x1."""
    if value is None:
        return "1x1"
    numbers = value if isinstance(value, (list, tuple)) else (value, value)
    return "x".join(map(str, numbers))


def _function_of_layer(name: str, config: Mapping[str, Any]) -> str:
    """Return the activation that a layer is, "" for every other layer."""
    if name == "Activation":
        return _function(config.get("activation", ""))
    if name == "ReLU":
        plain = not config.get("max_value") and not config.get("negative_slope") and not config.get("threshold")
        return "relu" if plain else "another kind of relu"
    return {"Softmax": "softmax", "LeakyReLU": "leaky relu", "ELU": "elu", "PReLU": "prelu"}.get(name, "")


def _function(activation: Any) -> str:
    """Return the name of an activation as `get_config` writes it: a string, or a dict for functions and layers."""
    if isinstance(activation, Mapping):
        inside = activation.get("config")
        name = str(activation.get("class_name", ""))
        return inside if isinstance(inside, str) else _function_of_layer(name, inside or {}) or name
    return activation if isinstance(activation, str) else "an activation without a name"
