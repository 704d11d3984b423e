"""Which names a cell's text defines, found by reading it; it runs nothing, and what cannot be parsed defines nothing."""

from __future__ import annotations

import ast
import re
from collections.abc import Set
from functools import lru_cache

# Characters of a cell that is read. Python's parser refuses what is nested too deeply, but this size it never failed at.
MAX_SOURCE = 20_000


@lru_cache(maxsize=512)
def defined(source: str) -> frozenset[str]:
    """Names that a cell binds at its top level, "Class.method" for a method that it puts into a class.

    >>> sorted(defined("%%time\\nx = 1\\ndef f(): pass\\n@add_to_class(A)\\ndef g(self): pass\\nB.h = f"))
    ['A.g', 'B.h', 'f', 'x']
    """
    if len(source) > MAX_SOURCE:
        return frozenset()
    try:
        tree = ast.parse(re.sub(r"(?m)^[ \t]*[%!].*$", "", source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(_owner(node) + node.name)
        elif not isinstance(node, ast.Expr):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                    names.add(inner.id)
                elif isinstance(inner, ast.Attribute) and isinstance(inner.ctx, ast.Store):
                    names |= {f"{inner.value.id}.{inner.attr}"} if isinstance(inner.value, ast.Name) else set()
    return frozenset(names)


def covers(names: Set[str], wanted: Set[str]) -> bool:
    """Whether all that is wanted is defined: a class brings its methods.

    >>> covers({"Convolution"}, {"Convolution.forward"}), covers({"Convolution.forward"}, {"Convolution"})
    (True, False)
    """
    return all(name in names or name.partition(".")[0] in names for name in wanted)


def _owner(node: ast.FunctionDef | ast.ClassDef) -> str:
    """ "Class." of a function under @add_to_class(Class)."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and len(decorator.args) == 1 and isinstance(decorator.args[0], ast.Name):
            return f"{decorator.args[0].id}."
    return ""
