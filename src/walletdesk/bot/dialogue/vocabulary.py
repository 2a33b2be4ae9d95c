"""What the bot does with each intent of the vocabulary; the words themselves are those of `understanding`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from walletdesk.diagnosis.model import Symptom

SYMPTOMS: Final[dict[str, Symptom]] = {
    "pay_failed": Symptom.PAY_FAIL,
    "paid_but_failed": Symptom.PAY_DEBITED,
    "merchant_not_received": Symptom.MERCHANT_NOT_RECEIVED,
    "transfer_failed": Symptom.XFER_FAIL,
    "not_arrived": Symptom.NOT_ARRIVED,
}
"""Money problems that are diagnosed from the ledger."""

INTENT_OF: Final = {symptom: intent for intent, symptom in SYMPTOMS.items()}


@dataclass(frozen=True, slots=True)
class Urgency:
    """Who takes over, how soon, and whether the wallet should be frozen first. Class 0 goes before all others."""

    skill: str
    priority_class: int
    freeze: bool = False


EMERGENCIES: Final[dict[str, Urgency]] = {
    "money_leaving": Urgency("fraud", 0, freeze=True),
    "takeover": Urgency("fraud", 0, freeze=True),
    "scam_in_progress": Urgency("fraud", 0, freeze=True),
    "self_harm": Urgency("general", 0),
    "coercion_or_minor": Urgency("fraud", 0),
    "threat_to_staff": Urgency("complaints", 1),
    "legal_or_media": Urgency("complaints", 1),
    "vulnerable": Urgency("general", 0),
}
"""The flags of `intents.md` section 4; the text of each is `bot.emergency.<flag>`."""

RED_LINES: Final = {
    "unauthorised_charge": "money_leaving",
    "scam_report": "scam_in_progress",
    "suspicious_login": "takeover",
}
"""Intents that are an emergency whether or not the detector saw one: the safe action, then a person."""

PEOPLE: Final[dict[str, Urgency]] = {
    "account_restricted": Urgency("account", 1),
    "second_factor_lost": Urgency("account", 1),
    "complaint": Urgency("complaints", 1),
    "callback": Urgency("general", 1),
    "service_slow": Urgency("general", 1),
    "wrong_recipient": Urgency("transfers", 1),
}
"""Intents that a person takes over at once (H1, risk topics): `bot.handoff.<intent>` says so."""

SKILLS: Final = {
    "refund_progress": "refunds",
    "refund_request": "refunds",
    "duplicate_charge": "payments",
    "balance_wrong": "payments",
    "bill_not_credited": "payments",
    "benefit_not_applied": "payments",
    "qr_failed": "payments",
    "limit_reached": "account",
    "password_forgotten": "account",
    "chain_address": "transfers",
    "freeze_request": "fraud",
    "verify_contact": "fraud",
    "case_progress": "complaints",
}
"""Who knows most about an intent that the bot answers but cannot settle; others are everybody's."""

SKILL_OF: Final = {
    Symptom.PAY_FAIL: "payments",
    Symptom.PAY_DEBITED: "payments",
    Symptom.MERCHANT_NOT_RECEIVED: "payments",
    Symptom.XFER_FAIL: "transfers",
    Symptom.NOT_ARRIVED: "transfers",
}

SMALL_TALK: Final = frozenset({"greeting", "thanks", "goodbye", "bot_identity"})

ANSWERED: Final = frozenset(
    {
        "balance_wrong", "refund_progress", "refund_request", "duplicate_charge", "bill_not_credited",
        "benefit_not_applied", "qr_failed", "limit_reached", "password_forgotten", "app_fault", "chain_address",
        "register", "identity_verification", "pay_howto", "transfer_howto", "bill_howto", "topup_howto",
        "withdraw_howto", "benefit_howto", "fees", "arrival_time", "statement", "security_advice",
        "change_details", "close_account", "privacy", "announcement", "provider_failure",
        "teach_me", "case_progress", "verify_contact", "out_of_scope",
    }
)  # fmt: skip
"""Intents with a short honest answer of the catalogue (`bot.answer.<intent>`) and a person beside it."""

HOW_TO: Final = frozenset(
    {
        "register", "identity_verification", "pay_howto", "transfer_howto", "bill_howto", "topup_howto",
        "withdraw_howto", "benefit_howto", "fees", "arrival_time", "statement", "security_advice", "change_details",
        "close_account", "privacy", "announcement", "provider_failure", "teach_me",
    }
)  # fmt: skip
"""Intents that an article of the help centre answers; without one, the answer of the catalogue does."""

QUICK: Final = ("merchant_not_received", "paid_but_failed", "pay_failed", "transfer_failed", "not_arrived")
"""What is offered when nothing is known yet, the most frequent first."""


def intents() -> frozenset[str]:
    """Return every intent that the dialogue knows what to do with."""
    return (
        frozenset(SYMPTOMS) | frozenset(RED_LINES) | frozenset(PEOPLE) | ANSWERED | SMALL_TALK
        | {"human", "freeze_request"}
    )  # fmt: skip
