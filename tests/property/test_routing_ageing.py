"""The queue's order under any arrivals: nobody waits longer than the weight of a class for somebody later (I9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from walletdesk.desk.conversations.model import BOUNDS
from walletdesk.desk.routing.matching import choose, may_take, plan
from walletdesk.desk.routing.model import Desk, Waiting

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
SKILLS = ("general", "fraud", "bills")

arrivals = st.lists(
    st.tuples(st.integers(0, 3000), st.integers(0, 2), st.sampled_from(SKILLS), st.integers(0, 4)), max_size=40
)
desks = st.lists(
    st.builds(
        Desk,
        agent_id=st.uuids(version=4),
        capacity=st.integers(1, 3),
        load=st.integers(0, 3),
        skills=st.frozensets(st.sampled_from(SKILLS)),
        lang=st.sampled_from(("zh", "en")),
        lead=st.booleans(),
        takes=st.booleans(),
        missed=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda desk: desk.agent_id,
)


def since(second: int) -> datetime:
    return START + timedelta(seconds=second)


def a_queue(drawn: list[tuple[int, int, str, int]]) -> tuple[list[Waiting], dict[UUID, tuple[int, int]]]:
    queue, facts = [], {}
    for number, (second, cls, skill, level) in enumerate(drawn):
        one = Waiting(UUID(int=number + 1), skill, level, "zh", since(second) + BOUNDS.weight(cls))
        queue.append(one)
        facts[one.id] = (second, cls)
    return queue, facts


@given(arrivals, desks)
def test_nobody_is_passed_over_by_more_than_the_weight_of_a_class(
    drawn: list[tuple[int, int, str, int]], here: list[Desk]
) -> None:
    queue, facts = a_queue(drawn)

    pairs = plan(queue, here)

    left = {one.id: one for one in queue} | {}
    for taken, _ in pairs:
        left.pop(taken.id)
    for taken, desk in pairs:
        second, cls = facts[taken.id]
        for passed in left.values():
            if not may_take(Desk(**{**_fields(desk), "load": 0}), passed):
                continue
            passed_second, passed_cls = facts[passed.id]
            ahead = (BOUNDS.weight(passed_cls) - BOUNDS.weight(cls)).total_seconds()
            assert second - passed_second <= max(0.0, ahead)


@given(arrivals, desks)
def test_no_desk_gets_more_than_it_has_places_for_and_nothing_is_planned_twice(
    drawn: list[tuple[int, int, str, int]], here: list[Desk]
) -> None:
    queue, _ = a_queue(drawn)

    pairs = plan(queue, here)

    assert len({taken.id for taken, _ in pairs}) == len(pairs)
    for desk in here:
        given_to = sum(one.agent_id == desk.agent_id for _, one in pairs)
        assert given_to <= max(0, desk.capacity - desk.load)


@given(arrivals, desks)
def test_nobody_is_left_waiting_while_somebody_who_may_take_him_has_room(
    drawn: list[tuple[int, int, str, int]], here: list[Desk]
) -> None:
    queue, _ = a_queue(drawn)

    pairs = plan(queue, here)

    load = {desk.agent_id: desk.load for desk in here}
    for _, desk in pairs:
        load[desk.agent_id] += 1
    after = [Desk(**{**_fields(desk), "load": load[desk.agent_id]}) for desk in here]
    planned = {taken.id for taken, _ in pairs}
    for one in queue:
        if one.id not in planned:
            assert choose(after, one) is None


def _fields(desk: Desk) -> dict[str, object]:
    return {name: getattr(desk, name) for name in Desk.__slots__}
