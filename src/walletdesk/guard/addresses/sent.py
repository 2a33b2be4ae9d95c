"""What can become of money that went to a wrong address: decided from facts, and open while one is not known."""

from __future__ import annotations

from walletdesk.guard.addresses.model import Outcome, Sent


def after_sending(sent: Sent) -> Outcome:
    """Say what is left to do, from the hopeful to the hopeless; "lost" is never said of what is not known."""
    if sent.confirmed is False and sent.replaceable is not False:
        return Outcome.REPLACE_POSSIBLE if sent.replaceable else Outcome.UNKNOWN
    if sent.look_alike:
        return Outcome.SCAM
    if sent.confirmed is None:
        return Outcome.UNKNOWN
    if sent.same_key:
        return Outcome.RECOVERABLE_SAME_KEY
    if sent.custodian:
        return Outcome.ASK_CUSTODIAN
    if sent.contract:
        return _of_contract(sent)
    open_facts = (sent.same_key, sent.custodian, sent.contract)
    return Outcome.UNKNOWN if None in open_facts else Outcome.IRREVERSIBLE


def _of_contract(sent: Sent) -> Outcome:
    if sent.withdrawable is None or sent.same_key is None or sent.custodian is None:
        return Outcome.UNKNOWN
    return Outcome.ASK_CUSTODIAN if sent.withdrawable else Outcome.LIKELY_LOST
