"""One list of sites per project; nobody overwrites what they have not seen."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.core.errors import InputError
from app.store.database import Database
from app.store.site_lists import SiteLists


def test_a_list_comes_back_and_counts_its_changes(database: Database) -> None:
    lists = SiteLists(database)
    assert lists.get("town") is None
    assert lists.keep("town", "a", seen=0) == 1
    assert lists.keep("town", "b", seen=1) == 2
    found = lists.get("town")
    assert found is not None
    assert (found.content, found.revision) == ("b", 2)
    assert lists.get("city") is None


@pytest.mark.parametrize("seen", [0, 1, 3])
def test_a_change_that_did_not_see_the_last_one_is_refused(database: Database, seen: int) -> None:
    lists = SiteLists(database)
    lists.keep("town", "a", seen=0)
    lists.keep("town", "b", seen=1)
    with pytest.raises(InputError, match="Somebody else"):
        lists.keep("town", "mine", seen=seen)
    found = lists.get("town")
    assert found is not None
    assert found.content == "b"


def test_of_eight_who_change_the_same_list_one_is_heard(database: Database) -> None:
    lists = SiteLists(database)

    def change(name: int) -> bool:
        try:
            lists.keep("town", str(name), seen=0)
        except InputError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        heard = list(pool.map(change, range(8)))
    found = lists.get("town")
    assert found is not None
    assert (sum(heard), found.content) == (1, str(heard.index(True)))
