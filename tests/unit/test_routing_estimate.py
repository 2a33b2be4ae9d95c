"""The announced wait: by hand, at the edges, and in its order."""

from __future__ import annotations

import pytest

from walletdesk.desk.routing import estimate


def test_the_wait_of_the_next_one_is_the_time_until_any_place_is_free() -> None:
    # Three places that finish one conversation in 300 s each: one of them every 100 s.
    assert estimate.expected_wait_s(0, slots=3, mu=1 / 300) == pytest.approx(100)


def test_without_abandonment_every_customer_ahead_adds_one_such_time() -> None:
    assert estimate.expected_wait_s(4, slots=3, mu=1 / 300) == pytest.approx(500)


def test_those_who_give_up_shorten_it_as_computed_by_hand() -> None:
    # 1/(2*0.01) + 1/(0.02+0.005) + 1/(0.02+0.010) = 50 + 40 + 33.333...
    assert estimate.expected_wait_s(2, slots=2, mu=0.01, theta=0.005) == pytest.approx(50 + 40 + 100 / 3)


@pytest.mark.parametrize(("slots", "mu"), [(0, 0.01), (2, 0.0)])
def test_where_nobody_serves_there_is_no_number(slots: int, mu: float) -> None:
    with pytest.raises(ValueError, match="no estimate"):
        estimate.expected_wait_s(1, slots=slots, mu=mu)


def test_it_grows_with_those_ahead_and_falls_with_places_pace_and_impatience() -> None:
    waits = [estimate.expected_wait_s(q, slots=4, mu=0.002, theta=0.0005) for q in range(40)]
    assert waits == sorted(waits)
    assert len(set(waits)) == len(waits)
    for change in ({"slots": 5}, {"mu": 0.003}, {"theta": 0.001}):
        base = {"slots": 4, "mu": 0.002, "theta": 0.0005}
        assert estimate.expected_wait_s(9, **{**base, **change}) < estimate.expected_wait_s(9, **base)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, 0), (1, 60), (60, 60), (61, 120), (121, 300), (301, 600), (601, 900), (901, 1800), (1801, 3600),
     (3601, 7200), (7300, 10800)],
)  # fmt: skip
def test_ends_are_rounded_up_to_round_minutes(seconds: float, shown: int) -> None:
    assert estimate.rounded_up_s(seconds) == shown


@pytest.mark.parametrize(
    ("median", "low", "high"),
    [(0, 0, 60), (20, 60, 60), (40, 60, 120), (100, 120, 300), (300, 300, 600), (1500, 1800, 3600)],
)
def test_the_range_goes_from_the_middle_to_a_quarter_more_and_half_a_minute(median: float, low: int, high: int) -> None:
    assert estimate.announced_s(median) == (low, high)


def test_a_rate_needs_enough_that_was_seen() -> None:
    assert estimate.rate(4, 1000) is None
    assert estimate.rate(5, 0) is None
    assert estimate.rate(5, 1000) == pytest.approx(0.005)


def middle(ahead: int, **known: object) -> float:
    usual = {"slots": 2, "free": 0, "mu": 0.01, "theta": 0.0, "head_waited_s": 0.0}
    return estimate.median_wait_s(ahead, **{**usual, **known})  # type: ignore[arg-type]


def test_who_finds_a_place_free_does_not_wait() -> None:
    assert middle(1, free=2) == 0
    assert middle(2, free=2) == pytest.approx(50), "the places are taken by those before him"


def test_an_unknown_pace_is_the_usual_one_and_never_less_than_what_the_first_in_line_has_waited() -> None:
    usual = estimate.SLOT_SECONDS_USUAL / 2
    assert middle(0, mu=None) == pytest.approx(usual)
    assert middle(0, mu=None, head_waited_s=1000.0) == 1000.0


def test_where_nobody_takes_anything_now_the_first_in_line_says_how_long_it_takes() -> None:
    assert middle(3, slots=0, mu=None, head_waited_s=240.0) == 240.0
