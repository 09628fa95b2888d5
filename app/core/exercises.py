"""Exercises whose answers are worked out, never stored: a question, and a small formula."""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil, floor, isclose, isfinite
from types import MappingProxyType
from typing import Any, TypeAlias

from app.core.errors import InputError

Value: TypeAlias = float | str
Functions: TypeAlias = Mapping[str, Callable[..., Value]]

UNITS = (  # of a course for public authorities, in its order
    "basics",
    "users",
    "policy",
    "value_chain",
    "services",
    "infrastructure",
    "sharing",
    "planning",
    "procurement",
    "funding",
)
SUMS: Mapping[type, Callable[[Any, Any], Any]] = MappingProxyType(
    {
        ast.Add: operator.add,
        ast.Sub: operator.sub,
        ast.Mult: operator.mul,
        ast.Div: operator.truediv,
    }
)
PLAIN: Functions = MappingProxyType(
    {"ceil": ceil, "floor": floor, "round": round, "min": min, "max": max, "abs": abs}
)
LONGEST = 300
THOUSANDS = (1000.0, 0.001, 100.0, 0.01)  # MW for kW, percent for a share


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise.

    Attributes
    ----------
    key, unit
        Its name, and the unit of the course it belongs to.
    question, hint, explanation
        In words; the explanation is said after the answer.
    answer
        A formula over the engine's answers: see ``work_out``.
    measure
        What the answer is counted in; empty for a choice.
    tolerance
        Relative; what is still right.
    options
        Key to words, of a choice.
    city, scenario, page
        A bundled city, the key of a ready-made scenario, and where to try it.
    """

    key: str
    unit: str
    question: str
    hint: str
    explanation: str
    answer: str
    measure: str
    tolerance: float
    options: Mapping[str, str]
    city: str
    scenario: str
    page: str


def work_out(formula: str, functions: Functions) -> Value:
    """Work a formula out: numbers, texts, + - * /, and the named functions; nothing else.

    Raises
    ------
    InputError
        The formula holds anything else: it is read as data, never run as a program.
    """
    if len(formula) > LONGEST:
        raise InputError(f"a formula of {len(formula)} letters; {LONGEST} at most")
    try:
        tree = ast.parse(formula, mode="eval")
    except (SyntaxError, ValueError, RecursionError) as error:
        raise InputError(f"{formula!r} is no formula") from error
    found: Value = _value(tree.body, {**PLAIN, **functions})
    return found


def _value(node: ast.expr, functions: Functions) -> Any:  # noqa: ANN401
    match node:
        case ast.Constant(value=int() | float() | str() as value) if not isinstance(value, bool):
            return value
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in SUMS:
            return SUMS[type(sign)](_value(left, functions), _value(right, functions))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, functions)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=named) if name in functions:
            if any(each.arg is None for each in named):
                raise InputError("a formula cannot unpack")
            words = {str(each.arg): _value(each.value, functions) for each in named}
            return functions[name](*(_value(each, functions) for each in args), **words)
        case _:
            raise InputError(f"{ast.unparse(node)!r} may not stand in a formula")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an answer is right; ``other_unit`` where only the unit is another."""

    right: bool
    other_unit: bool
    value: Value


def judge(exercise: Exercise, said: Value, value: Value) -> Verdict:
    """Hold what somebody said against what was worked out."""
    if exercise.options or isinstance(value, str) or isinstance(said, str):
        return Verdict(said == value, other_unit=False, value=value)
    if not isfinite(said):
        return Verdict(right=False, other_unit=False, value=value)
    right = _close(said, value, exercise.tolerance)
    other = not right and any(
        _close(said * factor, value, exercise.tolerance) for factor in THOUSANDS
    )
    return Verdict(right, other, value)


def _close(one: float, two: float, tolerance: float) -> bool:
    return isclose(one, two, rel_tol=tolerance, abs_tol=1e-9)
