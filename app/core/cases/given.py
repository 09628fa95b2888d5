"""What a case is given: every input by name, and who said it."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

from app.core.cases.inputs import File, Input, Typed, Value
from app.core.errors import InputError


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """The inputs of a case, exact, with those a person typed over our defaults."""

    inputs: tuple[Input, ...]
    values: Mapping[str, Value]
    typed: frozenset[str]

    def exact(self, name: str) -> Fraction:
        """Return a number without rounding error."""
        return cast("Fraction", self.values[name])

    def maybe(self, name: str) -> Fraction | None:
        """Return a number, or None where nobody said one."""
        return cast("Fraction | None", self.values[name])

    def whole(self, name: str) -> int:
        """Return a count."""
        return int(self.exact(name))

    def real(self, name: str) -> float:
        """Return a number for arithmetic that need not be exact."""
        return float(self.exact(name))

    def text(self, name: str) -> str:
        """Return a choice or words."""
        return cast("str", self.values[name])

    def on(self, name: str) -> bool:
        """Return a flag."""
        return bool(self.values[name])

    def parts(self, name: str) -> tuple[tuple[str, Fraction], ...]:
        """Return named numbers, in the order they were given."""
        return cast("tuple[tuple[str, Fraction], ...]", self.values[name] or ())

    def file(self, name: str) -> File | None:
        """Return a file, or None where nobody gave one."""
        return cast("File | None", self.values[name])

    def echo(self) -> list[dict[str, Any]]:
        """List the inputs as they were used; what a person typed is theirs."""
        found = []
        for each in self.inputs:
            own = each.name in self.typed
            found.append(
                {
                    "name": each.name,
                    "value": _echoed(self.values[each.name]),
                    "unit": each.unit,
                    "source": "given" if own else each.source,
                    "confidence": "C" if own else each.confidence,
                }
            )
        return found


def read(inputs: tuple[Input, ...], typed: Mapping[str, Typed | None]) -> Given:
    """Read what was typed over the defaults; all faults are told at once.

    A name that no input has is refused; None and an empty text mean that nobody typed anything.
    """
    unknown = sorted(typed.keys() - {each.name for each in inputs})
    faults = [f"there is no input {name!r}" for name in unknown]
    values: dict[str, Value] = {}
    own = set()
    for each in inputs:
        said = typed.get(each.name)
        if said is not None and said not in {"", ()}:
            own.add(each.name)
        else:
            said = each.value
        try:
            values[each.name] = None if said is None else each.read(said)
        except InputError as error:
            faults.append(str(error))
    if faults:
        raise InputError("\n".join(faults))
    return Given(inputs, values, frozenset(own))


def _echoed(value: Value) -> Any:  # noqa: ANN401
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else float(value)
    if isinstance(value, tuple):
        return {name: float(number) for name, number in value}
    return value.name if isinstance(value, File) else value
