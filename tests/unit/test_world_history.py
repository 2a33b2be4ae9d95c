"""The simulated world is decided by its seed, and nobody in it spends what he does not have."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from uuid import UUID

from tests.conftest import NOON
from walletdesk.kit.i18n import LANGS
from walletdesk.world.history import Move, Sort, history
from walletdesk.world.personas import PERSONAS, embodied
from walletdesk.world.population import BANKS, inhabitants, shops

SINCE = NOON - timedelta(days=120)
SYMPTOMS = {"PAY_FAIL", "PAY_DEBITED", "MERCHANT_NOT_RECEIVED", "XFER_FAIL", "NOT_ARRIVED"}


def a_history(seed: int) -> list[Move]:
    return history(seed, inhabitants(seed, 60, SINCE), shops(seed, SINCE), until=NOON, days=40)


def test_the_same_seed_makes_the_same_world() -> None:
    assert a_history(1) == a_history(1)
    assert a_history(1) != a_history(2)


def test_everything_happened_in_the_past_and_in_order() -> None:
    moves = a_history(1)

    assert [move.at for move in moves] == sorted(move.at for move in moves)
    assert all((move.then or move.at) < NOON for move in moves)
    assert len({move.id for move in moves}) == len(moves)
    assert moves[0].at < NOON - timedelta(days=39)


def test_nobody_spends_what_he_does_not_have() -> None:
    steps: list[tuple[object, int, UUID, int]] = []
    for n, move in enumerate(a_history(3)):
        out = -move.amount_minor if not move.by_card else 0
        signed = {Sort.TOP_UP: move.amount_minor, Sort.DECLINED: 0}.get(move.sort, out)
        steps.append((move.at, n, move.customer.id, signed))
        if move.payee is not None:
            steps.append((move.at, n, move.payee.id, move.amount_minor))
        if move.then is not None:
            steps.append((move.then, n, move.customer.id, move.amount_minor))
    balance: defaultdict[UUID, int] = defaultdict(int)
    for _, _, customer, amount in sorted(steps, key=lambda step: (step[0], step[1])):
        balance[customer] += amount
        assert balance[customer] >= 0


def test_life_has_every_sort_of_day() -> None:
    sorts = Counter(move.sort for move in a_history(1))

    assert set(sorts) == set(Sort)
    assert sorts[Sort.PAYMENT] > sum(sorts.values()) / 2


def test_the_world_is_as_large_as_promised() -> None:
    people = inhabitants(1, 200, SINCE)

    assert len({one.phone for one in people}) == 200
    assert {one.locale for one in people} == {"zh", "en"}
    assert len(shops(1, SINCE)) >= 30
    assert len(BANKS) == 4


def test_every_persona_has_a_body_a_symptom_and_words_in_both_languages() -> None:
    bodies = embodied(1, SINCE)

    assert len({persona.name for persona in PERSONAS}) == len(PERSONAS) == len(bodies)
    assert {persona.symptom for persona in PERSONAS} == SYMPTOMS
    for persona, body in bodies:
        assert body.locale == persona.locale
        assert body.large_type == persona.large_type
        for lang in LANGS:
            assert persona.title(lang)
            assert persona.hint(lang)
            assert persona.say(lang)
