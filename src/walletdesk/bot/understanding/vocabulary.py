"""The names of what customers want; one label for each text, chosen by the procedure that would serve best."""

from __future__ import annotations

from typing import Final, Literal

MONEY: Final = (
    "pay_failed", "paid_but_failed", "merchant_not_received", "transfer_failed", "not_arrived", "balance_wrong",
    "refund_progress", "refund_request", "duplicate_charge", "unauthorised_charge", "wrong_recipient",
    "bill_not_credited", "benefit_not_applied", "qr_failed", "account_restricted", "limit_reached",
    "password_forgotten", "second_factor_lost", "suspicious_login", "scam_report", "app_fault", "chain_address",
)  # fmt: skip
"""Money and account problems: each starts a diagnosis."""

INFORMATION: Final = (
    "register", "identity_verification", "pay_howto", "transfer_howto", "bill_howto", "topup_howto",
    "withdraw_howto", "benefit_howto", "fees", "arrival_time", "statement", "security_advice", "change_details",
    "close_account", "freeze_request", "privacy", "announcement", "provider_failure", "teach_me",
)  # fmt: skip
"""How-to and information: answered from the help centre."""

SERVICE: Final = (
    "human", "callback", "complaint", "case_progress", "service_slow", "verify_contact", "greeting", "thanks",
    "goodbye", "bot_identity", "out_of_scope",
)  # fmt: skip
"""About the service itself, and everything else."""

INTENTS: Final = MONEY + INFORMATION + SERVICE

HUMAN: Final = "human"
OUT_OF_SCOPE: Final = "out_of_scope"

EMERGENCIES: Final = (
    "self_harm", "threat_to_staff", "coercion_or_minor", "money_leaving", "scam_in_progress", "takeover",
    "vulnerable", "legal_or_media",
)  # fmt: skip
"""Flags beside the intent, the gravest first: of two that fit equally the earlier is said."""

NO_EMERGENCY: Final = "none"

Decision = Literal["answer", "offer", "human"]
