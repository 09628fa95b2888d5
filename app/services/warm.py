"""Get ready before the first visitor asks: compile, open the city, draw its busiest week."""

from app.core.engine import run
from app.core.scenario import Scenario
from app.services.estimate import estimate
from app.services.open_project import open_project
from app.services.setting import peak_week, prepare
from app.services.simulate import REFERENCE, headline
from app.settings import SETTINGS


def warm_up() -> None:
    """Run what a first visitor needs, once; runs in a thread beside the first page."""
    run.warm_up()
    project = open_project(SETTINGS.city)
    scenario = Scenario()
    setting = prepare(project, estimate(project, scenario), scenario)
    days = peak_week(setting)
    for strategy in (REFERENCE, scenario.strategy):
        headline(setting, days, strategy, scenario)
    from app.services import recommend  # noqa: PLC0415  # half a second that no first page needs

    recommend.warm_up()
