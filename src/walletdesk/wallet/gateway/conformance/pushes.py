"""News, as the wallet pushes them: signed, again until they are taken, and never anything that is not in the feed."""

from __future__ import annotations

import msgspec

from walletdesk.kit import clock
from walletdesk.wallet.gateway.conformance.model import Check, Failed, Skipped, must
from walletdesk.wallet.gateway.conformance.probe import Ear, Probe, Pushed
from walletdesk.wallet.gateway.conformance.reading import seen
from walletdesk.wallet.gateway.contract import hooks, shapes

PAGES_MAX = 100


def _ear(probe: Probe) -> Ear:
    if probe.ear is None:
        raise Skipped("say with --listen where news can be pushed to")
    return probe.ear


def _read(pushed: Pushed) -> shapes.Hook:
    try:
        return msgspec.json.decode(pushed.body, type=shapes.Hook)
    except msgspec.DecodeError as error:
        raise Failed(str(error)) from error


async def hook_signed(probe: Probe) -> None:
    """Look at the first push: proved, lately, and in its form."""
    ear = _ear(probe)
    pushed = (await ear.wait_for(1))[0]
    fault = hooks.verify(pushed.headers, pushed.body, [ear.secret], now=clock.now())
    # A first push that waited for us is older than five minutes when it is looked at, not when it was sent.
    must(fault in (None, hooks.Fault.OLD), f"signature {fault}")
    hook = _read(pushed)
    must(hook.data.cursor == pushed.headers.get("webhook-id"), "webhook-id is not the cursor of the event")
    must(hook.type == hook.data.kind, "type is not the kind of the event")


async def hook_again(probe: Probe) -> None:
    """Wait for what was not taken."""
    pushes = await _ear(probe).wait_for(2)
    first = pushes[0]
    again = [one for one in pushes[1:] if one.headers.get("webhook-id") == first.headers.get("webhook-id")]
    must(bool(again), "what was answered 500 was not pushed again")
    must(again[0].body == first.body, "pushed again, it says something else")


async def hook_in_feed(probe: Probe) -> None:
    """Look for what was pushed in the feed."""
    pushed = (await _ear(probe).wait_for(1))[0]
    wanted, cursor, wallet = pushed.headers.get("webhook-id"), None, probe.adapter()
    for _ in range(PAGES_MAX):
        page = await seen(wallet.events(cursor))
        if any(one.cursor == wanted for one in page):
            return
        if not page:
            break
        cursor = page[-1].cursor
    raise Failed(f"{wanted} is not in the feed")


CHECKS = (
    Check("hook_signed", hook_signed),
    Check("hook_again", hook_again),
    Check("hook_in_feed", hook_in_feed),
)
