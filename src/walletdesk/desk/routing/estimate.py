"""How long a customer will still wait, as a range that holds nine times in ten; pure.

Source of the formula: the queue-length estimator corrected for abandonment (QL with abandonment) of R. Ibrahim and
W. Whitt, "Real-Time Delay Estimation in Overloaded Multiserver Queues with Abandonments", Management Science 55
(2009); measured against five others in `ops.md` section 1.4 (error 27 s at a mean wait of 115 s).
"""

from __future__ import annotations

from typing import Final

STEPS_S: Final = tuple(60 * minutes for minutes in (1, 2, 5, 10, 15, 30, 60))
"""Announced ends: one of these numbers of minutes; more precise ones would claim what nobody knows."""

SLOT_SECONDS_USUAL: Final = 627.0
"""How long a conversation usually occupies a place while nothing was measured: 480 s of work (`ops.md` 7.4), of
which an agent with two places does 1.53 at a time (`ops.md` 1.3): 480 * 2 / 1.53."""
TAKEN_MIN: Final = 5
"""Fewer conversations than this in the window say nothing about the pace."""


def expected_wait_s(ahead: int, *, slots: int, mu: float, theta: float = 0.0) -> float:
    """Return the expected wait of somebody with `ahead` customers before him while all places are taken.

    QL+ab: the sum over j = 0..ahead of 1 / (slots * mu + j * theta). The last term of a classic queue's wait is
    the first here: after those ahead one more place must become free.

    Args:
        ahead: Customers who are served before him.
        slots: Places staffed for the skill.
        mu: Conversations that one place finishes in a second.
        theta: Share of the waiting who give up in a second; 0 when nobody does.

    Raises:
        ValueError: Nobody serves (`slots` or `mu` is not positive).
    """
    if slots <= 0 or mu <= 0:
        raise ValueError("a wait without anybody who serves has no estimate")
    return sum(1.0 / (slots * mu + j * theta) for j in range(ahead + 1))


def rate(count: int, seconds: float) -> float | None:
    """Return events a second, or None where too few were seen to say."""
    if count < TAKEN_MIN or seconds <= 0:
        return None
    return count / seconds


def median_wait_s(
    ahead: int, *, slots: int, free: int, mu: float | None, theta: float, head_waited_s: float
) -> float:
    """Return the middle of what a customer still waits.

    Whoever finds a place free for himself does not wait. Where the pace is unknown (a new skill) the usual one
    is taken, and where even the places are (agents are here but take nothing now), what the head of the line has
    waited so far; that is the estimator "head of line" of the same source, robust but late when load moves.
    """
    if ahead < free:
        return 0.0
    if slots <= 0:
        return head_waited_s
    queue = ahead - free
    if mu is None:
        usual = expected_wait_s(queue, slots=slots, mu=1.0 / SLOT_SECONDS_USUAL, theta=theta)
        return max(usual, head_waited_s)
    return expected_wait_s(queue, slots=slots, mu=mu, theta=theta)


def rounded_up_s(seconds: float) -> int:
    """Round up to 1, 2, 5, 10, 15, 30 or 60 minutes, beyond that to whole hours; nothing stays nothing."""
    if seconds <= 0:
        return 0
    for step in STEPS_S:
        if seconds <= step:
            return step
    hour = STEPS_S[-1]
    return int(-(-seconds // hour)) * hour


def announced_s(median_s: float) -> tuple[int, int]:
    """Return the range that is announced: from the middle to 1.25 times the middle plus 30 s, both rounded up.

    In the measurements of `ops.md` 1.4 the wait exceeded the upper end (before rounding) in 2 % of cases.
    """
    return rounded_up_s(median_s), rounded_up_s(1.25 * median_s + 30)
