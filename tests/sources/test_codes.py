"""Every code says something, and every code is said somewhere."""

import re
import string

from app.paths import APP, ROOT
from app.sources.codes import SEVERITIES, TEMPLATES

SPEAKERS = (APP / "sources", APP / "services")
TESTS = ROOT / "tests"
CODE = re.compile(
    r"\"((?:FILE|CAP|ZIP|SHP|XML|DATEX|JSON|PARQUET|CRS|AREA|GEO|TAB|TXT|XLS|COL|VAL|ID|SYS|OCPI|REG)-[A-Z-]+)\""
)

WORD = re.compile(r"\b[A-Z]{2,7}(?:-[A-Z]+)+\b")


def used() -> set[str]:
    files = [path for folder in SPEAKERS for path in folder.rglob("*.py")]
    texts = [path.read_text("utf-8") for path in files if not path.name.startswith("codes")]
    return {code for text in texts for code in CODE.findall(text)}


def test_every_template_is_whole() -> None:
    for code, template in TEMPLATES.items():
        assert template.severity in SEVERITIES, code
        assert template.message.endswith((".", "?", "!")), code
        fields = [name for _, name, _, _ in string.Formatter().parse(template.message) if name]
        assert all(name.isidentifier() for name in fields), code
        assert template.severity != "error" or template.hint, code


def test_every_code_is_raised_and_every_raised_code_has_words() -> None:
    assert set(TEMPLATES) - used() == set()
    assert used() - set(TEMPLATES) == set()


def test_every_code_is_looked_for_by_a_test() -> None:
    """A code nobody asserts may crash on the day it is said: one did, for want of a field."""
    texts = [path.read_text("utf-8") for path in TESTS.rglob("test_*.py")]
    asserted = {code for text in texts for code in WORD.findall(text)}
    assert set(TEMPLATES) - asserted == set()


def test_no_sentence_names_a_library_or_a_path() -> None:
    words = ("pandas", "gdal", "traceback", "numpy", "/tmp", "exception")  # noqa: S108
    for template in TEMPLATES.values():
        text = (template.message + template.hint).lower()
        assert not any(word in text for word in words)
