"""Every file in pages/ is a page and says so itself."""

from pathlib import Path

import pytest

from app.paths import PAGES
from app.ui.nav import read_pages


def test_our_pages_have_titles_icons_and_an_order_of_their_own() -> None:
    pages = read_pages(PAGES)
    assert len(pages) == len(list(PAGES.glob("*.py")))
    assert len({page.order for page in pages}) == len(pages)
    assert all(page.title and page.icon.startswith(":material/") for page in pages)
    assert pages[0].path.stem == "overview"


def test_a_page_is_read_and_not_run(tmp_path: Path) -> None:
    page = 'PAGE = {"title": "X", "icon": ":material/map:", "order": 1}\nraise SystemExit\n'
    (tmp_path / "x.py").write_text(page, "utf-8")
    assert [found.title for found in read_pages(tmp_path)] == ["X"]


def test_a_file_that_says_nothing_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("print()\n", "utf-8")
    with pytest.raises(ValueError, match=r"x\.py does not say PAGE"):
        read_pages(tmp_path)
