"""What is asked of a wallet to do: once for each key, whatever happens on the way."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from walletdesk.wallet.gateway.conformance.model import Check, Failed, must
from walletdesk.wallet.gateway.conformance.probe import Probe, body_of
from walletdesk.wallet.gateway.contract import shapes
from walletdesk.wallet.gateway.contract.endpoints import ACTION
from walletdesk.wallet.gateway.model import CommandName, OutcomeState

ASKED_MAX = 120
AGAIN_SECONDS = 0.5
"""A wallet whose process died in the middle may need some time to know: a minute is waited for."""
SETTLED = frozenset({OutcomeState.DONE, OutcomeState.REFUSED})
AT_ONCE = 6


async def pause() -> None:
    """Wait until it is time to ask again."""
    await asyncio.sleep(AGAIN_SECONDS)


async def _settled(probe: Probe, name: str, body: bytes, key: str) -> shapes.Outcome:
    """Ask with one key until it is done or refused.

    Raises:
        Failed: It stays open for longer than a desk can wait.
    """
    state: OutcomeState | None = None
    for _ in range(ASKED_MAX):
        found = (await probe.act(name, body, key)).read(shapes.Outcome)
        state = found.state
        if found.state in SETTLED:
            must(found.state is not OutcomeState.DONE or found.record is not None, "done without a record")
            must(found.state is not OutcomeState.REFUSED or found.reason is not None, "refused without a reason")
            return found
        await pause()
    raise Failed(f"still {state} after {ASKED_MAX} questions")


def _same(one: shapes.Outcome, other: shapes.Outcome) -> bool:
    return (one.state, one.record, one.reason) == (other.state, other.record, other.reason)


async def action_unknown(probe: Probe) -> None:
    """Ask for something that no wallet offers."""
    found = (await probe.act("dance", body_of(await probe.somebody(), None), probe.key("dance"))).no(404)
    must(found.reason == "not_offered", f"reason {found.reason}")


async def action_needs_key(probe: Probe) -> None:
    """Ask without a key, and with a body that says nothing."""
    name, body = await probe.action()
    (await probe.act(name, body, None)).no(422)
    (await probe.act(name, b"{}", probe.key("empty"))).no(422)
    (await probe.act(name, b"not json", probe.key("not json"))).no(422)


async def action_repeated(probe: Probe) -> None:
    """Ask twice with one key."""
    name, body = await probe.action()
    key = probe.key("repeated")
    first = await _settled(probe, name, body, key)
    again = (await probe.act(name, body, key)).read(shapes.Outcome)
    must(_same(first, again), f"first {first.state.value} {first.record}, then {again.state.value} {again.record}")


async def action_at_once(probe: Probe) -> None:
    """Ask many times at the same moment with one key."""
    name, body = await probe.action()
    key = probe.key("at once")
    answers = await asyncio.gather(*(probe.act(name, body, key) for _ in range(AT_ONCE)))
    outcomes = [one.read(shapes.Outcome) for one in answers]
    end = await _settled(probe, name, body, key)
    for one in outcomes:
        must(one.state not in SETTLED or _same(one, end), "asked at once with one key, it ends in two ways")


async def action_key_again(probe: Probe) -> None:
    """Ask for something else with a key that is used up."""
    name, body = await probe.action()
    key = probe.key("key again")
    first = await _settled(probe, name, body, key)
    other = body_of(await probe.somebody(), uuid4())
    found = (await probe.act(name, other, key)).no(409, 422)
    must(found.reason == "same_key_other_command", f"reason {found.reason}")
    again = (await probe.act(name, body, key)).read(shapes.Outcome)
    must(_same(first, again), "after that the first body is answered otherwise")


async def action_hung_up(probe: Probe) -> None:
    """Hang up before the answer is there, and ask again with the same key."""
    name, body = await probe.action()
    key = probe.key("hung up")
    for _ in range(2):
        await probe.hang_up(ACTION, {"name": name}, body, key)
    first = await _settled(probe, name, body, key)
    again = (await probe.act(name, body, key)).read(shapes.Outcome)
    must(_same(first, again), "after a lost answer the same key ends in two ways")


async def action_reordered(probe: Probe) -> None:
    """Let a later action come between, and ask the earlier one again."""
    name, body = await probe.action()
    first = await _settled(probe, name, body, probe.key("first"))
    second = await _settled(probe, name, body, probe.key("second"))
    late = (await probe.act(name, body, probe.key("first"))).read(shapes.Outcome)
    again = (await probe.act(name, body, probe.key("second"))).read(shapes.Outcome)
    must(_same(first, late) and _same(second, again), "what came later has changed what came before")


async def action_foreign(probe: Probe) -> None:
    """Ask for an action on a transaction that is not the customer's, in every way there is."""
    name, _ = await probe.action()
    bodies = [body_of(uuid4(), None)]
    if name != CommandName.FREEZE:
        one = (await probe.transactions())[0]
        bodies = [body_of(uuid4(), one.id), body_of(await probe.somebody(), uuid4())]
    for n, body in enumerate(bodies):
        key = probe.key(f"foreign {n}")
        if (await probe.act(name, body, key)).status != 404:
            end = await _settled(probe, name, body, key)
            must(end.state is OutcomeState.REFUSED, "something was done to what is not the customer's")


CHECKS = (
    Check("action_unknown", action_unknown),
    Check("action_needs_key", action_needs_key),
    Check("action_repeated", action_repeated),
    Check("action_at_once", action_at_once),
    Check("action_key_again", action_key_again),
    Check("action_hung_up", action_hung_up),
    Check("action_reordered", action_reordered),
    Check("action_foreign", action_foreign),
)
