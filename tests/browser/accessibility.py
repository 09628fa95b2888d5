"""What axe finds on a page, asked once the page stands still."""

from importlib.resources import files
from typing import Literal

from playwright.sync_api import Page, expect

AXE = str(files("axe_playwright_python") / "axe.min.js")
RULES = {  # what depends on colours is asked in both schemes, the rest once
    "light": "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']",
    "dark": "{type: 'rule', values: ['color-contrast']}",
}
STILL = """async () => {  // what opens or fades is pale until it is there
  const moving = () => document.getAnimations().filter(
    a => a.playState === 'running' && a.effect.getComputedTiming().endTime < Infinity);
  const pause = () => new Promise(done => setTimeout(done, 100));  // some never say they ended
  for (let left = 20; left && moving().length; left--)
    await Promise.race([Promise.allSettled(moving().map(a => a.finished)), pause()]);
}"""
WCAG = """async () => {
  const found = await axe.run(document, {runOnly: RULES, resultTypes: ['violations']});
  return found.violations
    .filter(v => ['serious', 'critical'].includes(v.impact))
    .map(v => [v.id, v.help, v.nodes.slice(0, 3).map(n => n.failureSummary)]);
}"""
SIDEWAYS = """[document.documentElement, document.querySelector('[data-testid=stMain]')]
  .some(e => e.scrollWidth > e.clientWidth)"""


def faults(page: Page, scheme: Literal["light", "dark"] = "light") -> list[object]:
    """Serious faults in one colour scheme, after every animation has ended."""
    page.add_script_tag(path=AXE)
    page.emulate_media(color_scheme=scheme)
    expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", scheme)
    page.evaluate(STILL)
    found: list[object] = page.evaluate(WCAG.replace("RULES", RULES[scheme]))
    return found
