"""The table of `wallet.md` section 3 as data: the checks in order, their verdicts, who may help, and by when.

The procedures take tone, remedies and promise from here and can conclude nothing that is not written here; a
test holds the order of the checks against the code. Where the specification is silent the rows add what a
customer needs all the same: an announced incident, a transaction that cannot be found, money that is back.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from walletdesk.diagnosis import promises
from walletdesk.diagnosis.model import HUMAN, Remedy, Symptom, Tone, Who
from walletdesk.diagnosis.promises import Promise
from walletdesk.wallet.gateway.model import CommandName

VERSION: Final = 1
"""Raised with every change of what a procedure concludes; stored with each finding."""


class Watch(StrEnum):
    """How a finding is followed up: not at all, by asking the rail, or by looking at our own books."""

    NONE = "none"
    RAIL = "rail"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One verdict of a check and what follows from it."""

    verdict: str
    tone: Tone
    remedies: tuple[Remedy, ...] = ()
    promise: Promise | None = None
    watch: Watch = Watch.NONE
    neutral: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One check: the name of its function, its verdicts, and the symptoms it may pass on to."""

    check: str
    outcomes: tuple[Outcome, ...] = ()
    jumps: tuple[Symptom, ...] = ()


def _self(kind: str) -> Remedy:
    return Remedy(kind, Who.CUSTOMER)


def _asks(command: CommandName, *, automatic: bool = False) -> Remedy:
    return Remedy(command.value, Who.BOT, command, automatic)


AGENT: Final = Remedy(HUMAN, Who.AGENT)
AGENT_NOW: Final = Remedy(HUMAN, Who.AGENT, automatic=True)
COMPLIANCE: Final = Remedy(HUMAN, Who.COMPLIANCE)
COMPLIANCE_NOW: Final = Remedy(HUMAN, Who.COMPLIANCE, automatic=True)
WAIT: Final = _self("wait")
ASK_REFUND: Final = _self("ask_refund")
"""Joins the remedies when a merchant has not delivered within a day."""

_INCIDENT = Step("incident", (Outcome("INCIDENT", Tone.WAIT, (WAIT,), watch=Watch.QUIET),))
_UNIDENTIFIED = Step("unidentified", (Outcome("UNIDENTIFIED", Tone.NEUTRAL, (_self("pick"), AGENT)),))
_FUNDS = Step("funds", (Outcome("FUNDS", Tone.PROBLEM, (_self("top_up"), _self("other_card"))),))
_LIMIT = Step("limit", (Outcome("LIMIT", Tone.PROBLEM, (_self("raise_limit"), _self("other_card"))),))
_RESTRICTION = Step(
    "restriction",
    # Neutral where risk or an authority is behind it; what the customer can lift himself is told (a variant).
    (Outcome("BLOCKED", Tone.NEUTRAL, (_self("unlock"), AGENT), neutral=True),),
)
_CREDENTIAL = Step(
    "credential",
    (
        Outcome("PIN", Tone.PROBLEM, (_self("reset_pin"), _self("retry"))),
        Outcome("AUTH_NEEDED", Tone.PROBLEM, (_self("verify"),)),
    ),
)
_INSTRUMENT = Step(
    "instrument",
    (
        Outcome("CARD_EXPIRED", Tone.PROBLEM, (_self("other_card"),)),
        Outcome("CARD_INVALID", Tone.PROBLEM, (_self("other_card"),)),
        Outcome("CARD_STATUS", Tone.PROBLEM, (_self("other_card"), _self("contact_bank"))),
    ),
)
_RISK = Step("risk", (Outcome("RISK_HOLD", Tone.NEUTRAL, (_self("other_card"), AGENT), neutral=True),))
_RAIL_DOWN = Step("rail_down", (Outcome("RAIL_DOWN", Tone.WAIT, (_self("retry"), AGENT)),))
_USER_PAYING = Outcome("USER_PAYING", Tone.WAIT, (WAIT,), watch=Watch.RAIL)
_CODES = (
    Outcome("DECLINED", Tone.PROBLEM, (_self("contact_bank"), _self("other_card"))),
    Outcome("DUPLICATE", Tone.NEUTRAL, (AGENT,)),
    Outcome("AMOUNT_INVALID", Tone.PROBLEM, (_self("retry"),)),
    Outcome("CODE_EXPIRED", Tone.PROBLEM, (_self("retry"),)),
    Outcome("SYSTEM_BUSY", Tone.PROBLEM, (_self("retry"),)),
    Outcome("CANCELLED", Tone.NEUTRAL, (_self("retry"),)),
    Outcome("UNEXPLAINED", Tone.NEUTRAL, (AGENT,)),
)
_VOID_NOW = Outcome(
    "VOID_NOW",
    Tone.WAIT,
    (_asks(CommandName.VOID_HOLD, automatic=True), WAIT),
    promises.IN_FIVE_MINUTES,
    Watch.QUIET,
)
_PENDING_UPSTREAM = Outcome("PENDING_UPSTREAM", Tone.WAIT, (WAIT, AGENT), promises.T1_NOON, Watch.RAIL)
_PENDING = Outcome("PENDING", Tone.WAIT, (WAIT, AGENT), promises.T1_NOON, Watch.RAIL)
_GIVE_PROOF = Outcome("GIVE_PROOF", Tone.GOOD, (_self("show_receipt"), AGENT))
_NOT_SENT = Step("attempt_absent", (Outcome("NOT_SENT", Tone.PROBLEM, (_self("retry"),)),))

TABLE: Final[dict[Symptom, tuple[Step, ...]]] = {
    Symptom.PAY_FAIL: (
        _INCIDENT,
        _NOT_SENT,
        Step("money_moved", jumps=(Symptom.PAY_DEBITED,)),
        _RESTRICTION,
        _FUNDS,
        _LIMIT,
        _CREDENTIAL,
        _INSTRUMENT,
        Step("merchant", (Outcome("MERCHANT_UNSUPPORTED", Tone.PROBLEM, (_self("other_card"), AGENT)),)),
        _RISK,
        _RAIL_DOWN,
        Step("code", (*_CODES, _USER_PAYING)),
    ),
    Symptom.PAY_DEBITED: (
        _INCIDENT,
        Step("unreadable", (_PENDING_UPSTREAM,)),
        _UNIDENTIFIED,
        Step("money_back", (Outcome("MONEY_BACK", Tone.GOOD),)),
        Step(
            "rail_success",
            (Outcome("PAID_SHOW_STALE", Tone.GOOD, (_asks(CommandName.RESEND_NOTICE), _self("show_receipt"))),),
        ),
        Step("rail_failed_held", (_VOID_NOW,)),
        Step(
            "rail_failed_posted",
            (
                Outcome(
                    "REVERSE",
                    Tone.WAIT,
                    (_asks(CommandName.REVERSE_PAYMENT, automatic=True), WAIT),
                    promises.SAME_DAY,
                    Watch.QUIET,
                ),
            ),
        ),
        Step("rail_unknown", (_PENDING_UPSTREAM,)),
        Step(
            "only_the_bank",
            (
                Outcome(
                    "BANK_SIDE", Tone.WAIT, (AGENT_NOW, WAIT), promises.THREE_BUSINESS_DAYS, Watch.QUIET
                ),
            ),
        ),
        Step("nothing_debited", (Outcome("NOT_DEBITED", Tone.NEUTRAL, (AGENT,)),)),
        Step("still_underway", (_PENDING_UPSTREAM,)),
    ),
    Symptom.MERCHANT_NOT_RECEIVED: (
        _INCIDENT,
        Step("not_success", jumps=(Symptom.PAY_DEBITED,)),
        Step("wrong_payee", (Outcome("WRONG_RECIPIENT", Tone.PROBLEM, (AGENT_NOW,)),)),
        Step(
            "notice_failed",
            (
                Outcome(
                    "RENOTIFY",
                    Tone.PROBLEM,
                    (_asks(CommandName.RESEND_NOTICE), AGENT),
                    promises.A_DAY_AFTER,
                    Watch.QUIET,
                ),
            ),
        ),
        Step(
            "order_open",
            (
                Outcome(
                    "MERCHANT_ORDER",
                    Tone.PROBLEM,
                    (_asks(CommandName.RESEND_NOTICE), AGENT),
                    promises.A_DAY_AFTER,
                    Watch.QUIET,
                ),
            ),
        ),
        Step("settled", (_GIVE_PROOF,)),
        Step(
            "order_closed",
            (
                Outcome(
                    "AUTO_REFUND",
                    Tone.WAIT,
                    (_asks(CommandName.REFUND_CLOSED_ORDER), WAIT),
                    promises.A_DAY_AFTER,
                    Watch.QUIET,
                ),
            ),
        ),
        Step(
            "merchant_frozen",
            (
                Outcome(
                    "MERCHANT_FROZEN",
                    Tone.NEUTRAL,
                    (COMPLIANCE_NOW,),
                    promises.ONE_BUSINESS_DAY,
                    Watch.QUIET,
                    neutral=True,
                ),
            ),
        ),
        Step("proof", (_GIVE_PROOF,)),
    ),
    Symptom.XFER_FAIL: (
        _INCIDENT,
        _NOT_SENT,
        Step("not_failed", jumps=(Symptom.NOT_ARRIVED,)),
        Step("failed_held", (_VOID_NOW,)),
        Step(
            "failed_posted",
            (
                Outcome(
                    "REVERSE",
                    Tone.WAIT,
                    (_asks(CommandName.RECREDIT_RETURNED, automatic=True), WAIT),
                    promises.SAME_DAY,
                    Watch.QUIET,
                ),
            ),
        ),
        _FUNDS,
        _LIMIT,
        _RESTRICTION,
        Step("payee_invalid", (Outcome("PAYEE_INVALID", Tone.PROBLEM, (_self("correct_payee"),)),)),
        Step(
            "payee_blocked",
            (Outcome("PAYEE_BLOCKED", Tone.NEUTRAL, (_self("other_payee"), AGENT), neutral=True),),
        ),
        _RISK,
        _RAIL_DOWN,
        _CREDENTIAL,
        _INSTRUMENT,
        Step("code", (Outcome("NOT_SUPPORTED", Tone.PROBLEM, (_self("other_card"),)), *_CODES)),
    ),
    Symptom.NOT_ARRIVED: (
        _INCIDENT,
        Step("unreadable", (_PENDING,)),
        _UNIDENTIFIED,
        Step(
            "in_review",
            (
                Outcome(
                    "RISK_REVIEW",
                    Tone.WAIT,
                    (WAIT, COMPLIANCE),
                    promises.ONE_BUSINESS_DAY,
                    Watch.QUIET,
                    neutral=True,
                ),
                Outcome("SCHEDULED", Tone.WAIT, (WAIT,), watch=Watch.QUIET),
            ),
        ),
        Step("in_time", (Outcome("IN_TIME", Tone.WAIT, (WAIT,), watch=Watch.QUIET),)),
        Step(
            "rail_success",
            (Outcome("CREDITED_AT_BANK", Tone.GOOD, (_self("contact_bank"), _self("show_receipt"))),),
        ),
        Step(
            "returned",
            (
                Outcome("RETURNED", Tone.GOOD, (_self("correct_payee"),)),
                Outcome(
                    "RETURNING",
                    Tone.WAIT,
                    (_asks(CommandName.RECREDIT_RETURNED, automatic=True), WAIT),
                    promises.NEXT_NOON,
                    Watch.QUIET,
                ),
            ),
        ),
        Step("failed", jumps=(Symptom.XFER_FAIL,)),
        Step("only_the_bank", jumps=(Symptom.PAY_DEBITED,)),
        Step("rail_unknown", (_PENDING,)),
        Step("overdue", (Outcome("TRACE", Tone.PROBLEM, (AGENT_NOW, WAIT), promises.T2, Watch.QUIET),)),
        Step("still_underway", (_PENDING,)),
    ),
}


def steps_of(symptom: Symptom) -> dict[str, Step]:
    """Return the steps of a symptom by the name of their check."""
    return {step.check: step for step in TABLE[symptom]}


def outcome_of(symptom: Symptom, check: str, verdict: str) -> Outcome:
    """Return what follows from a verdict of a check.

    Raises:
        LookupError: The table does not let this check conclude that: a defect of the procedure.
    """
    for outcome in steps_of(symptom)[check].outcomes:
        if outcome.verdict == verdict:
            return outcome
    raise LookupError(f"{symptom}.{check} concludes {verdict}, which the table does not know")


def watch_of(symptom: Symptom, verdict: str) -> Watch:
    """Say how a verdict is followed up; a verdict this version does not know is watched quietly."""
    for step in TABLE[symptom]:
        for outcome in step.outcomes:
            if outcome.verdict == verdict:
                return outcome.watch
    return Watch.QUIET
