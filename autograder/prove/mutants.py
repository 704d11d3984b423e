"""Small changes of the solutions, made by rule: each is a mistake that nobody thought of. It runs none of them.

A mutant differs from the solution in one place between `### BEGIN SOLUTION` and `### END SOLUTION`. The rules are those
of mutation testing: DeMillo, Lipton and Sayward, "Hints on test data selection", 1978; here they also know NumPy's axes,
slices and the pairs of names that students mix up.
"""

from __future__ import annotations

import ast
import copy
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from autograder import cells, course
from autograder.promise import checks_of

Place = tuple[tuple[str, int | None], ...]  # the way from the cell's tree to a node: fields, and positions in lists


@dataclass(frozen=True)
class Mutant:
    """One changed solution. `change` ("before → after") names it within its task; `text` is the whole TODO cell."""

    assignment: str
    task: str
    change: str
    text: str


def mutants_of(assignment: str) -> list[Mutant]:
    """Every mutant of every automatically graded task, in the order of the notebook; the same in every run."""
    tasks = {task.id for task in checks_of(assignment).ASSIGNMENT.tasks}
    found = []
    for cell in course.source_notebook(assignment).cells:
        task = cells.key(cell).removesuffix("-todo")
        if cells.role(cell) == "solution" and task in tasks:
            found += [Mutant(assignment, task, change, text) for change, text in changed(cell.source)]
    return found


def changed(source: str) -> list[tuple[str, str]]:
    """All mutants of one TODO cell, as (change, text); two that read the same are one.

    >>> for change, _ in changed("def f(x):\\n    ### BEGIN SOLUTION f\\n    return x[1:]\\n    ### END SOLUTION"):
    ...     print(change)
    return x[1:] → return None
    return x[1:] → return x
    return x[1:] → return x[:]
    return x[1:] → return x[2:]
    return x[1:] → return x[0:]
    """
    tree = ast.parse(source)
    solution = _solution_lines(source)
    right, texts = ast.unparse(tree), {}
    names: Counter[str] = Counter()
    for place, node in _walk(tree):
        if getattr(node, "lineno", 0) not in solution:
            continue
        for new in _changes(node):
            mutant = copy.deepcopy(tree)
            text = _unparsed(_replaced(mutant, place, new))
            if text in (None, right) or text in texts:
                continue
            name = _name(tree, mutant, place)
            names[name] += 1
            texts[text] = name if names[name] == 1 else f"{name} ({names[name]})"
    return [(name, text) for text, name in texts.items()]


# What is changed ----------------------------------------------------------------------------------------------------

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


def _changes(node: ast.AST) -> Iterator[ast.AST | None]:
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


# Where it is changed ------------------------------------------------------------------------------------------------


def _solution_lines(source: str) -> set[int]:
    inside, lines = False, set()
    for number, line in enumerate(source.split("\n"), 1):
        if cells.BEGIN in line or cells.END in line:
            inside = cells.BEGIN in line
        elif inside:
            lines.add(number)
    return lines


def _walk(node: ast.AST, place: Place = ()) -> Iterator[tuple[Place, ast.AST]]:
    """Every node in the order of the text; what only leads to a `print` is left out: no check reads it."""
    if isinstance(node, ast.stmt) and _talks(node):
        return
    yield place, node
    for field, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            yield from _walk(value, (*place, (field, None)))
        elif isinstance(value, list) and not isinstance(node, ast.JoinedStr):
            for k, item in enumerate(value):
                if isinstance(item, ast.AST):
                    yield from _walk(item, (*place, (field, k)))


def _talks(node: ast.stmt) -> bool:
    """Whether a statement is a `print`, or an `if` that ends with one."""
    if isinstance(node, ast.If):
        return _talks(node.body[-1])
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "print"


def _at(tree: ast.AST, place: Place) -> ast.AST:
    for field, k in place:
        tree = getattr(tree, field) if k is None else getattr(tree, field)[k]
    return tree


def _replaced(tree: ast.AST, place: Place, new: ast.AST | None) -> ast.AST:
    """The tree, changed in place; a body that would be empty holds `pass`."""
    parent, (field, k) = _at(tree, place[:-1]), place[-1]
    if k is None:
        setattr(parent, field, new)
    elif new is not None:
        getattr(parent, field)[k] = new
    else:
        rows = getattr(parent, field)
        rows[k : k + 1] = [] if len(rows) > 1 or field != "body" else [ast.Pass()]
    return ast.fix_missing_locations(tree)


def _unparsed(tree: ast.AST) -> str | None:
    """The text of a tree, if it is a program at all."""
    try:
        text = ast.unparse(tree)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # some mutants look odd even to the compiler
            compile(text, "mutant", "exec")
    except (SyntaxError, ValueError, AttributeError, TypeError):
        return None
    return text


def _name(tree: ast.AST, mutant: ast.AST, place: Place) -> str:
    """What was changed into what: the statement before and after, or the changed part of a long one with its ends."""
    at = max(k for k in range(1, len(place) + 1) if isinstance(_at(tree, place[:k]), ast.stmt))
    before = _head(_at(tree, place[:at]))
    block, now = _at(mutant, place[: at - 1]), place[at - 1]
    rows = getattr(block, now[0])
    removed = len(rows) < len(getattr(_at(tree, place[: at - 1]), now[0]))
    after = "(removed)" if removed else _head(rows[now[1] or 0])
    if len(before) + len(after) <= 150 or after == "(removed)":
        return f"{before[:150]} → {after}"
    start = next((k for k, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), 0)
    end = next((k for k, (a, b) in enumerate(zip(before[::-1], after[::-1], strict=False)) if a != b), 0)
    end = min(end, len(before) - start, len(after) - start)
    left, right = max(start - 40, 0), max(end - 30, 0)
    return f"…{before[left : len(before) - right]}… → …{after[left : len(after) - right]}…"


def _head(node: ast.AST) -> str:
    """The text of a statement; of one with a body, its first line and what its last line is if that was added."""
    lines = ast.unparse(node).split("\n")
    body = getattr(node, "body", None)
    ends = " … break" if isinstance(body, list) and isinstance(body[-1], ast.Break) else ""
    return lines[0] + ends
