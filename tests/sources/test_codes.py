"""Every code says something, and every code is said somewhere."""

import re
import string

from app.paths import APP
from app.sources.codes import SEVERITIES, TEMPLATES

SOURCES = APP / "sources"
CODE = re.compile(
    r"\"((?:FILE|CAP|ZIP|SHP|XML|DATEX|JSON|PARQUET|CRS|AREA|GEO|TAB|TXT|XLS|COL|VAL|ID|SYS|OCPI|REG)-[A-Z-]+)\""
)


def used() -> set[str]:
    texts = [p.read_text("utf-8") for p in SOURCES.glob("*.py") if not p.name.startswith("codes")]
    return {code for text in texts for code in CODE.findall(text)}


def test_every_template_is_whole() -> None:
    for code, template in TEMPLATES.items():
        assert template.severity in SEVERITIES, code
        assert template.message.endswith((".", "?", "!")) or "{shift}" in template.message, code
        fields = [name for _, name, _, _ in string.Formatter().parse(template.message) if name]
        assert all(name.isidentifier() for name in fields), code
        assert template.severity != "error" or template.hint, code


def test_every_code_is_raised_and_every_raised_code_has_words() -> None:
    assert set(TEMPLATES) - used() == set()
    assert used() - set(TEMPLATES) == set()


def test_no_sentence_names_a_library_or_a_path() -> None:
    words = ("pandas", "gdal", "traceback", "numpy", "/tmp", "exception")  # noqa: S108
    for template in TEMPLATES.values():
        text = (template.message + template.hint).lower()
        assert not any(word in text for word in words)
