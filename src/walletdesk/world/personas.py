"""The personas: one customer for each situation that can be diagnosed, named by it.

What happened to them is made by `stage`; what they look like to people stands in the catalogue
(`world.persona.<name>.{title,hint,say}`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Final

from walletdesk.kit.i18n import Lang, text
from walletdesk.people.model import PersonaUnknown
from walletdesk.world.population import Inhabitant, inhabitant


@dataclass(frozen=True, slots=True)
class Persona:
    """A customer in one situation: what he complains of, and what the evidence must lead to."""

    name: str
    symptom: str
    verdict: str
    locale: Lang = "zh"
    large_type: bool = False

    def title(self, lang: Lang) -> str:
        """Say the situation in a few words."""
        return text(lang, f"world.persona.{self.name}.title")

    def hint(self, lang: Lang) -> str:
        """Say what happened."""
        return text(lang, f"world.persona.{self.name}.hint")

    def say(self, lang: Lang) -> str:
        """Say what one may try to tell the desk."""
        return text(lang, f"world.persona.{self.name}.say")


PERSONAS: Final = (
    Persona("merchant-silent", "MERCHANT_NOT_RECEIVED", "RENOTIFY"),
    Persona("merchant-order-open", "MERCHANT_NOT_RECEIVED", "MERCHANT_ORDER"),
    Persona("order-closed", "MERCHANT_NOT_RECEIVED", "AUTO_REFUND"),
    Persona("settled-proof", "MERCHANT_NOT_RECEIVED", "GIVE_PROOF"),
    Persona("wrong-payee", "MERCHANT_NOT_RECEIVED", "WRONG_RECIPIENT"),
    Persona("merchant-frozen", "MERCHANT_NOT_RECEIVED", "MERCHANT_FROZEN"),
    Persona("paid-but-failed", "PAY_DEBITED", "PAID_SHOW_STALE"),
    Persona("void-now", "PAY_DEBITED", "VOID_NOW"),
    Persona("reverse-posted", "PAY_DEBITED", "REVERSE"),
    Persona("pending-upstream", "PAY_DEBITED", "PENDING_UPSTREAM", locale="en"),
    Persona("bank-side", "PAY_DEBITED", "BANK_SIDE"),
    Persona("declined-funds", "PAY_FAIL", "FUNDS"),
    Persona("declined-limit", "PAY_FAIL", "LIMIT"),
    Persona("pin-wrong", "PAY_FAIL", "PIN"),
    Persona("auth-needed", "PAY_FAIL", "AUTH_NEEDED", locale="en"),
    Persona("card-expired", "PAY_FAIL", "CARD_EXPIRED", locale="en"),
    Persona("card-invalid", "PAY_FAIL", "CARD_INVALID"),
    Persona("card-blocked", "PAY_FAIL", "CARD_STATUS"),
    Persona("card-declined", "PAY_FAIL", "DECLINED"),
    Persona("merchant-unsupported", "PAY_FAIL", "MERCHANT_UNSUPPORTED"),
    Persona("risk-hold", "PAY_FAIL", "RISK_HOLD"),
    Persona("blocked", "PAY_FAIL", "BLOCKED"),
    Persona("rail-down", "PAY_FAIL", "RAIL_DOWN"),
    Persona("not-sent", "PAY_FAIL", "NOT_SENT"),
    Persona("transfer-bad-payee", "XFER_FAIL", "PAYEE_INVALID"),
    Persona("payee-blocked", "XFER_FAIL", "PAYEE_BLOCKED"),
    Persona("transfer-funds", "XFER_FAIL", "FUNDS"),
    Persona("transfer-limit", "XFER_FAIL", "LIMIT", locale="en"),
    Persona("transfer-restricted", "XFER_FAIL", "BLOCKED"),
    Persona("transfer-risk", "XFER_FAIL", "RISK_HOLD"),
    Persona("bank-down", "XFER_FAIL", "RAIL_DOWN"),
    Persona("transfer-declined", "XFER_FAIL", "DECLINED"),
    Persona("transfer-pending", "NOT_ARRIVED", "PENDING"),
    Persona("transfer-in-time", "NOT_ARRIVED", "IN_TIME"),
    Persona("transfer-scheduled", "NOT_ARRIVED", "SCHEDULED"),
    Persona("risk-review", "NOT_ARRIVED", "RISK_REVIEW"),
    Persona("credited-at-bank", "NOT_ARRIVED", "CREDITED_AT_BANK"),
    Persona("transfer-returned", "NOT_ARRIVED", "RETURNED"),
    Persona("trace", "NOT_ARRIVED", "TRACE", locale="en"),
    Persona("topup-late", "NOT_ARRIVED", "TRACE"),
    Persona("elder", "MERCHANT_NOT_RECEIVED", "RENOTIFY", large_type=True),
)
FIRST: Final = "merchant-silent"
"""Whom the demo lets a newcomer be."""

_BY_NAME: Final = {persona.name: persona for persona in PERSONAS}
_PHONES_FROM: Final = 9_000
"""Personas have the phone numbers 1990000 9000 and following; the others start at 0."""


def find_persona(name: str) -> Persona:
    """Return the persona of a name.

    Raises:
        PersonaUnknown
    """
    try:
        return _BY_NAME[name]
    except KeyError as error:
        raise PersonaUnknown(field="persona", name=name) from error


def embodied(seed: int, since: datetime) -> list[tuple[Persona, Inhabitant]]:
    """Give every persona a body: name, number, bank; the same seed gives the same."""
    chance = Random(f"{seed}:personas")  # noqa: S311 - a simulation
    return [
        (
            persona,
            inhabitant(
                chance,
                _PHONES_FROM + number,
                since,
                locale=persona.locale,
                large_type=persona.large_type,
                tier=2,
            ),
        )
        for number, persona in enumerate(PERSONAS)
    ]
