"""No customer is left unanswered: the nine invariants under a virtual clock, with every fault, and its mutants."""

from __future__ import annotations

import os

import pytest

from tests.support.promise_world import MUTANTS, World

SEEDS = int(os.environ.get("WALLETDESK_PROMISE_SEEDS", "40"))
MUTANT_SEEDS = int(os.environ.get("WALLETDESK_PROMISE_MUTANT_SEEDS", "40"))


def test_every_invariant_holds_in_every_seeded_world() -> None:
    failures = {}
    answers = conversations = 0
    for seed in range(SEEDS):
        world = World(seed).run()
        answers += world.answers
        conversations += len(world.rows)
        if world.failure:
            failures[seed] = world.failure
    assert failures == {}
    assert conversations > SEEDS * 100, "the world must be busy, or the run proves nothing"
    assert answers > conversations


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_desk_with_this_fault_is_caught(mutant: str) -> None:
    for seed in range(MUTANT_SEEDS):
        if World(seed, mutant=mutant).run().failure:
            return
    pytest.fail(f"{mutant} was not caught in {MUTANT_SEEDS} seeds")


def test_all_mutants_of_the_specification_are_tried() -> None:
    assert len(MUTANTS) == len(set(MUTANTS)) == 15
