"""`bench links`: how well the link checker tells phishing from honest links, on the labelled links of our own.

Needs no database. The held-out part was fixed before the rules were written; both parts are by the same hand, so
strange links will do worse. Of each style the share that is judged as it is labelled stands in the figures.
"""

from __future__ import annotations

import statistics
import time
from typing import Final

from walletdesk.app.bench.report import Goal, Report, percentile, report
from walletdesk.guard import labelled
from walletdesk.guard.links import check, find

RECALL_LEAST: Final = 0.95
FALSE_ALARMS_MOST: Final = 0.01
GOALS: Final = tuple(
    goal
    for part in labelled.PARTS
    for goal in (
        Goal(f"{part}_recall", least=RECALL_LEAST),
        Goal(f"{part}_false_alarms", most=FALSE_ALARMS_MOST),
    )
)


async def measure() -> Report:
    """Judge both parts, and take the time of links that were not seen before."""
    figures: dict[str, float] = {}
    ratios: dict[str, float] = {}
    times: list[float] = []
    for part in labelled.PARTS:
        links = labelled.load(part)
        times += _times(links)
        found = labelled.measure(links)
        figures |= {f"{part}_phishing": found.phishing, f"{part}_genuine": found.genuine}
        figures |= {f"{part}_{style}": share for style, share in sorted(found.by_style.items())}
        ratios |= {f"{part}_recall": found.recall, f"{part}_false_alarms": found.false_alarms}
    figures |= {"p50_us": statistics.median(times) * 1e6, "p95_us": percentile(times, 0.95) * 1e6}
    return report("links", figures, ratios, GOALS)


def _times(links: list[labelled.Labelled]) -> list[float]:
    check.cache_clear()
    for link in find("example.org, https://example.net/"):  # the first reads the lists
        check(link, labelled.POLICY)
    found: list[float] = []
    for one in links:
        started = time.perf_counter()
        for link in find(one.text):
            check(link, labelled.POLICY)
        found.append(time.perf_counter() - started)
    return found
