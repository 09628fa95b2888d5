"""Use-case: the result that a story promises, with the figures of its case worked out."""

import re
from typing import Any

from app.core.cases.base import written
from app.core.errors import InputError
from app.services.cases import answer, find_case
from app.services.scenario_files import Preset

FIELD = re.compile(r"\{([a-z0-9_.]+)(:percent)?\}")


def sees(story: Preset) -> str:
    """Say what one should see: every figure comes from the case, none is stored."""
    if not story.case:
        return story.sees
    _given, found = answer(find_case(story.case), {})

    def figure(match: re.Match[str]) -> str:
        value: Any = found.results
        try:
            for part in match[1].split("."):
                value = value[int(part)] if part.isdigit() else value[part]
        except (KeyError, IndexError, TypeError) as error:
            raise InputError(f"{story.key}: the case has no {match[1]!r}") from error
        return f"{float(value):.1%}" if match[2] else written(value)

    return FIELD.sub(figure, story.sees)
