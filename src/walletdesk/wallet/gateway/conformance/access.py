"""Who may ask."""

from __future__ import annotations

from walletdesk.wallet.gateway.conformance.model import Check, must
from walletdesk.wallet.gateway.conformance.probe import Probe, Wrong
from walletdesk.wallet.gateway.contract.endpoints import CAPABILITIES, EVENTS, INCIDENTS


async def unsigned(probe: Probe) -> None:
    """Ask without a signature."""
    found = (await probe.ask(CAPABILITIES, wrong=Wrong(unsigned=True))).no(401)
    must(found.reason == "signature_missing", f"reason {found.reason}")


async def foreign_key(probe: Probe) -> None:
    """Ask with a key that nobody has agreed on."""
    (await probe.ask(CAPABILITIES, wrong=Wrong(secret=b"nobody has agreed on this secret."))).no(401)


async def old_signature(probe: Probe) -> None:
    """Ask with a signature of ten minutes ago, and of ten minutes hence."""
    for age in (600, -600):
        (await probe.ask(INCIDENTS, wrong=Wrong(age_seconds=age))).no(401)


async def changed_query(probe: Probe) -> None:
    """Sign one question and ask another."""
    (await probe.ask(EVENTS, {}, {"limit": 1}, wrong=Wrong(query_sent="limit=2"))).no(401)
    (await probe.ask(INCIDENTS, wrong=Wrong(path_sent="/v1/capabilities"))).no(401)


async def changed_body(probe: Probe) -> None:
    """Sign one action and ask for another."""
    name, body = await probe.action()
    wrong = Wrong(body_sent=body.replace(b'"customer_id":"', b'"customer_id": "'))
    (await probe.act(name, body, probe.key("changed"), wrong)).no(401)


CHECKS = (
    Check("unsigned", unsigned),
    Check("foreign_key", foreign_key),
    Check("old_signature", old_signature),
    Check("changed_query", changed_query),
    Check("changed_body", changed_body),
)
