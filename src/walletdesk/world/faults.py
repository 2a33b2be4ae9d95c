"""The faults of the demo's switch: what can go wrong with a customer's next order, and a deed that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from walletdesk.kit.i18n import Lang, text
from walletdesk.world.outside.model import FaultUnknown


class Deed(StrEnum):
    """What a customer does so that a fault is seen."""

    PAY = "pay"
    PAY_BY_CARD = "pay_by_card"
    SEND_TO_BANK = "send_to_bank"


@dataclass(frozen=True, slots=True)
class LiveFault:
    """One position of the switch; `fault` is what the outside world is told (`world.outside.model`)."""

    name: str
    fault: str
    deed: Deed = Deed.PAY

    def title(self, lang: Lang) -> str:
        """Say in a few words what goes wrong."""
        return text(lang, f"world.fault.{self.name}.title")

    def hint(self, lang: Lang) -> str:
        """Say what will be seen."""
        return text(lang, f"world.fault.{self.name}.hint")


NONE: Final = "none"
FAULTS: Final = (
    LiveFault(NONE, "none"),
    LiveFault("shop-silent", "shop_silent"),
    LiveFault("shop-order-open", "ok_but_open"),
    LiveFault("shop-order-closed", "closed"),
    LiveFault("rail-loses-answer", "lose"),
    LiveFault("rail-silent", "silent:90"),
    LiveFault("rail-down", "down"),
    LiveFault("rail-delays", "delay:120"),
    LiveFault("rail-contradicts", "contradict"),
    LiveFault("declined-funds", "decline:funds", Deed.PAY_BY_CARD),
    LiveFault("declined-limit", "decline:limit_amount", Deed.PAY_BY_CARD),
    LiveFault("declined-expired", "decline:card_expired", Deed.PAY_BY_CARD),
    LiveFault("declined-pin", "decline:pin_wrong", Deed.PAY_BY_CARD),
    LiveFault("bank-only", "bank_debit", Deed.PAY_BY_CARD),
    LiveFault("payee-bank-returns", "return:account_closed", Deed.SEND_TO_BANK),
    LiveFault("payee-blocked", "decline:account_blocked", Deed.SEND_TO_BANK),
)
_BY_NAME: Final = {one.name: one for one in FAULTS}
_BY_FAULT: Final = {one.fault: one for one in FAULTS}


def find_fault(name: str) -> LiveFault:
    """Return a position of the switch.

    Raises:
        FaultUnknown
    """
    try:
        return _BY_NAME[name]
    except KeyError as error:
        raise FaultUnknown(field="fault", fault=name) from error


def name_of(fault: str | None) -> str:
    """Return at which position the switch is, given what the outside world was told."""
    return _BY_FAULT[fault].name if fault in _BY_FAULT else NONE
