"""The announced range against a simulated queue whose customers give up: it holds, and is not biased."""

from __future__ import annotations

import heapq
import random
from statistics import mean

import pytest

from walletdesk.desk.routing import estimate

PATIENCE_S = 600.0


def waits(seed: int, *, slots: int, service_s: float, load: float, served: int) -> list[tuple[float, float]]:
    """Return (announced middle, real wait) of everybody who had to wait and did not give up.

    One place after the other becomes free at random; each customer is told his wait when he joins the line.
    """
    chance = random.Random(seed)
    mu, theta = 1 / service_s, 1 / PATIENCE_S
    busy: list[float] = []
    line: list[tuple[float, float, float]] = []
    found: list[tuple[float, float]] = []
    now = 0.0
    while len(found) < served:
        now += chance.expovariate(load * slots * mu)
        while busy and busy[0] <= now:
            free_at = heapq.heappop(busy)
            while line:
                joined, gives_up, told = line.pop(0)
                if gives_up > free_at:
                    found.append((told, free_at - joined))
                    heapq.heappush(busy, free_at + chance.expovariate(mu))
                    break
        line = [one for one in line if one[1] > now]
        if len(busy) < slots:
            heapq.heappush(busy, now + chance.expovariate(mu))
        else:
            told = estimate.median_wait_s(len(line), slots=slots, free=0, mu=mu, theta=theta, head_waited_s=0)
            line.append((now, now + chance.expovariate(theta), told))
    return found


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("slots", [4, 20])
def test_nine_of_ten_waits_end_before_the_announced_range_does(seed: int, slots: int) -> None:
    seen = waits(seed, slots=slots, service_s=300.0, load=1.15, served=3_000)

    inside = mean(wait <= estimate.announced_s(told)[1] for told, wait in seen)
    bias = mean(told for told, _ in seen) / mean(wait for _, wait in seen)

    assert inside >= 0.9
    assert 0.9 <= bias <= 1.25
