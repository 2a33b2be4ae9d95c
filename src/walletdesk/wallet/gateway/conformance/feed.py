"""News, as the desk polls them: in one order for ever."""

from __future__ import annotations

from walletdesk.wallet.gateway.conformance.model import Check, Skipped, must
from walletdesk.wallet.gateway.conformance.probe import Probe
from walletdesk.wallet.gateway.conformance.reading import seen
from walletdesk.wallet.gateway.contract import shapes
from walletdesk.wallet.gateway.contract.endpoints import EVENTS

LOOKED_AT = 10


async def _first(probe: Probe) -> list[str]:
    found = await seen(probe.adapter().events(None, limit=LOOKED_AT))
    if len(found) < 2:
        raise Skipped("fewer than two news in the feed")
    return [one.cursor for one in found]


async def events_ordered(probe: Probe) -> None:
    """Read news at once and one by one."""
    whole, wallet = await _first(probe), probe.adapter()
    found: list[str] = []
    while len(found) < len(whole):
        page = await seen(wallet.events(found[-1] if found else None, limit=1))
        must(len(page) == 1, "a page ends before the feed does")
        found.append(page[0].cursor)
    must(found == whole, "one by one the news come in another order than at once")


async def events_again(probe: Probe) -> None:
    """Read the same place of the feed twice, the later one first."""
    whole, wallet = await _first(probe), probe.adapter()
    later = await seen(wallet.events(whole[1], limit=1))
    earlier = await seen(wallet.events(whole[0], limit=1))
    must([one.cursor for one in earlier] == [whole[1]], "after an older cursor there is something else than before")
    again = await seen(wallet.events(whole[1], limit=1))
    must([one.cursor for one in again] == [one.cursor for one in later], "the feed forgets what it has told")


async def events_foreign_cursor(probe: Probe) -> None:
    """Read after a cursor that the wallet has not given."""
    whole = await _first(probe)
    found = (await probe.ask(EVENTS, {}, {"after": "no-cursor-of-yours", "limit": 1})).read(shapes.Events)
    must([one.cursor for one in found.events] == whole[:1], "a cursor it did not give does not read from the beginning")


CHECKS = (
    Check("events_ordered", events_ordered),
    Check("events_again", events_again),
    Check("events_foreign_cursor", events_foreign_cursor),
)
