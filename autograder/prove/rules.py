"""What may stand in the place of a piece of the solution: the rules of mutation. They know NumPy's axes, not the course.

A rule is given a node of a syntax tree and yields what may stand there instead; None stands for nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

BINARY: dict[type, tuple[type, ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Div, ast.Mult),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
}
COMPARED: dict[type, tuple[type, ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
# Names that are mixed up: functions, sides, coefficients, sets of data.
PAIRS = (
    ("max", "min"),
    ("maximum", "minimum"),
    ("argmax", "argmin"),
    ("sum", "mean"),
    ("zeros", "ones"),
    ("exp", "exp2"),
    ("log", "log10"),
    ("sqrt", "square"),
    ("tanh", "sin"),
    ("permutation", "arange"),
    ("height", "width"),
    ("kernel_h", "kernel_w"),
    ("pool_height", "pool_width"),
    ("out_h", "out_w"),
    ("top", "left"),
    ("i", "j"),
    ("u", "v"),
    ("m", "v"),
    ("m_hat", "v_hat"),
    ("beta_1", "beta_2"),
    ("train", "test"),
    ("val", "test"),
    ("images", "labels"),
    ("epochs", "iteration"),
    ("train_batch", "val_batch"),
    ("val_batch", "test_batch"),
    ("val_intervals", "test_intervals"),
    ("EarlyStopping", "ModelCheckpoint"),
    ("MaxPooling2D", "AveragePooling2D"),
    ("Flatten", "GlobalAveragePooling2D"),
)
TWINS = {one: other for pair in PAIRS for one, other in (pair, pair[::-1])}


def changes(node: ast.AST) -> Iterator[ast.AST | None]:
    """What may stand in the place of a node; None: nothing."""
    for kind, rule in RULES.items():
        if isinstance(node, kind):
            yield from rule(node)


def _statement(node: ast.stmt) -> Iterator[ast.AST | None]:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    if isinstance(node, ast.Return):
        if node.value is not None:
            yield ast.Return(value=ast.Constant(value=None))
    elif not isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Pass)):
        yield None


def _loop(node: ast.For | ast.While) -> Iterator[ast.AST]:
    yield _with(node, body=[*node.body, ast.Break()])  # the first round only


def _if(node: ast.If | ast.IfExp | ast.While) -> Iterator[ast.AST]:
    for truth in (True, False):
        if not (isinstance(node, ast.While) and truth):
            yield _with(node, test=ast.Constant(value=truth))


def _binary(node: ast.BinOp) -> Iterator[ast.AST]:
    for kind in BINARY.get(type(node.op), ()):
        yield _with(node, op=kind())
    if not isinstance(node.op, ast.MatMult):
        yield node.left
    if isinstance(node.op, (ast.Add, ast.Sub, ast.Mult)):
        yield node.right


def _in_place(node: ast.AugAssign) -> Iterator[ast.AST]:
    for kind in BINARY.get(type(node.op), ()):
        yield _with(node, op=kind())
    yield ast.Assign(targets=[node.target], value=node.value, lineno=node.lineno)


def _unary(node: ast.UnaryOp) -> Iterator[ast.AST]:
    yield node.operand


def _compared(node: ast.Compare) -> Iterator[ast.AST]:
    if len(node.ops) == 1:
        for kind in COMPARED.get(type(node.ops[0]), ()):
            yield _with(node, ops=[kind()])


def _both(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())


def _constant(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(value=not value)
    elif isinstance(value, int):
        yield from (ast.Constant(value=value + 1), ast.Constant(value=value - 1))
    elif isinstance(value, float):
        yield ast.Constant(value=2 * value if value else 1.0)
    elif isinstance(value, str):
        yield ast.Constant(value=f"{value}_")


def _call(node: ast.Call) -> Iterator[ast.AST]:
    plain = [arg for arg in node.args if not isinstance(arg, ast.Starred)]
    if len(plain) >= 2 and plain == node.args:
        yield _with(node, args=[plain[1], plain[0], *plain[2:]])
        yield _with(node, args=plain[:-1])
    for keyword in node.keywords:
        if keyword.arg is not None:
            yield _with(node, keywords=[k for k in node.keywords if k is not keyword])
    if len(plain) == 1:
        yield plain[0]
    if not node.args and isinstance(node.func, ast.Attribute):
        yield node.func.value


def _attribute(node: ast.Attribute) -> Iterator[ast.AST]:
    if node.attr == "T":
        yield node.value
    if node.attr in TWINS:
        yield _with(node, attr=TWINS[node.attr])


def _named(node: ast.Name) -> Iterator[ast.AST]:
    if isinstance(node.ctx, ast.Load) and node.id in TWINS:
        yield _with(node, id=TWINS[node.id])


def _item(node: ast.Subscript) -> Iterator[ast.AST]:
    if isinstance(node.ctx, ast.Load):
        yield node.value


def _slice(node: ast.Slice) -> Iterator[ast.AST]:
    for part in ("lower", "upper", "step"):
        if getattr(node, part) is not None:
            yield _with(node, **{part: None})


def _row(node: ast.Tuple | ast.List) -> Iterator[ast.AST]:
    if isinstance(node.ctx, ast.Load) and len(node.elts) >= 2:
        for k in range(len(node.elts) - 1):
            yield _with(node, elts=[*node.elts[:k], node.elts[k + 1], node.elts[k], *node.elts[k + 2 :]])
        if isinstance(node, ast.List):
            for k in range(len(node.elts)):
                yield _with(node, elts=node.elts[:k] + node.elts[k + 1 :])


def _table(node: ast.Dict) -> Iterator[ast.AST]:
    for k in range(len(node.keys)):
        yield _with(node, keys=node.keys[:k] + node.keys[k + 1 :], values=node.values[:k] + node.values[k + 1 :])


def _either(node: ast.IfExp) -> Iterator[ast.AST]:
    yield from (node.body, node.orelse)


RULES: dict[type | tuple[type, ...], Callable[..., Iterator[ast.AST | None]]] = {
    ast.stmt: _statement,
    (ast.For, ast.While): _loop,
    (ast.If, ast.While): _if,
    ast.IfExp: _either,
    ast.BinOp: _binary,
    ast.AugAssign: _in_place,
    ast.UnaryOp: _unary,
    ast.Compare: _compared,
    ast.BoolOp: _both,
    ast.Constant: _constant,
    ast.Call: _call,
    ast.Attribute: _attribute,
    ast.Name: _named,
    ast.Subscript: _item,
    ast.Slice: _slice,
    (ast.Tuple, ast.List): _row,
    ast.Dict: _table,
}


def _with(node: ast.AST, **fields: object) -> ast.AST:
    """A copy of a node with some fields changed."""
    return type(node)(**{**dict(ast.iter_fields(node)), **fields})
