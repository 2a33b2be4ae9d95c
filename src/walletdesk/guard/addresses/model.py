"""Values of the address checks; the verdicts bear the names that are used everywhere for them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Network(StrEnum):
    """A chain on which something is sent; all of Ethereum's kind share one form of address."""

    BITCOIN = "bitcoin"
    LITECOIN = "litecoin"
    DOGECOIN = "dogecoin"
    ETHEREUM = "ethereum"
    BNB = "bnb"
    POLYGON = "polygon"
    ARBITRUM = "arbitrum"
    OPTIMISM = "optimism"
    BASE = "base"
    AVALANCHE = "avalanche"
    TRON = "tron"
    XRP = "xrp"
    STELLAR = "stellar"
    TON = "ton"


EVM: Final = frozenset(
    {
        Network.ETHEREUM, Network.BNB, Network.POLYGON, Network.ARBITRUM, Network.OPTIMISM, Network.BASE,
        Network.AVALANCHE,
    }
)  # fmt: skip
TAGGED: Final = frozenset({Network.XRP, Network.STELLAR, Network.TON})
"""Where many customers of a platform share one address, and a memo or tag says whose money it is."""


class Verdict(StrEnum):
    """What a check has found."""

    VALID_BTC = "VALID_BTC"
    VALID_BTC_SEGWIT = "VALID_BTC_SEGWIT"
    VALID_OTHER_COIN = "VALID_OTHER_COIN"
    VALID_EVM = "VALID_EVM"
    EVM_NO_CHECKSUM = "EVM_NO_CHECKSUM"
    """Well formed, but in one case throughout, so that a typing error could not be seen."""
    VALID_TRON = "VALID_TRON"
    VALID_XRP = "VALID_XRP"
    VALID_STELLAR = "VALID_STELLAR"
    VALID_TON = "VALID_TON"
    BAD_CHECKSUM = "BAD_CHECKSUM"
    BAD_CASE = "BAD_CASE"
    WRONG_ENCODING = "WRONG_ENCODING"
    TESTNET = "TESTNET"
    WRONG_NETWORK = "WRONG_NETWORK"
    MISSING_TAG = "MISSING_TAG"
    LOOK_ALIKE = "LOOK_ALIKE"
    """Another address than the known one, with the same beginning and end."""
    SECRET_KEY = "SECRET_KEY"  # noqa: S105 - a name
    """No address but a key: whoever has it has the money."""
    TRANSACTION_HASH = "TRANSACTION_HASH"
    UNKNOWN_FORM = "UNKNOWN_FORM"

    @property
    def good(self) -> bool:
        """Say whether the address itself is without fault."""
        return self in _GOOD


_GOOD: Final = frozenset(
    {
        Verdict.VALID_BTC, Verdict.VALID_BTC_SEGWIT, Verdict.VALID_OTHER_COIN, Verdict.VALID_EVM,
        Verdict.EVM_NO_CHECKSUM, Verdict.VALID_TRON, Verdict.VALID_XRP, Verdict.VALID_STELLAR, Verdict.VALID_TON,
    }
)  # fmt: skip
ENDS: Final = 4
"""So many characters of each end are shown to be compared, and are what look-alikes copy."""


@dataclass(frozen=True, slots=True)
class Checked:
    """An address with its verdict, and the networks on which it can be."""

    address: str
    verdict: Verdict
    networks: frozenset[Network] = frozenset()
    ambiguous: bool = False
    """Several coins use the same form, so only the order knows which is meant."""
    tag: str | None = None
    """The tag that stands in the address itself."""
    like: str | None = None
    """The known address that it imitates."""

    @property
    def ends(self) -> str:
        """Return its beginning and end, for people to compare; of a key nothing."""
        if self.verdict is Verdict.SECRET_KEY:
            return ""
        body = 2 if self.address[:2].lower() == "0x" else 0
        return f"{self.address[: body + ENDS]}…{self.address[-ENDS:]}"


class Outcome(StrEnum):
    """What can become of money that was sent to a wrong address."""

    REPLACE_POSSIBLE = "REPLACE_POSSIBLE"
    RECOVERABLE_SAME_KEY = "RECOVERABLE_SAME_KEY"
    LIKELY_LOST = "LIKELY_LOST"
    ASK_CUSTODIAN = "ASK_CUSTODIAN"
    IRREVERSIBLE = "IRREVERSIBLE"
    SCAM = "SCAM"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Sent:
    """What is known of a transfer that went wrong; None where it is not known."""

    confirmed: bool | None = None
    replaceable: bool | None = None
    """The transfer can still be replaced by one with a higher fee (RBF, same nonce)."""
    same_key: bool | None = None
    """The address is ours on another chain of the same kind: we hold its key."""
    contract: bool | None = None
    withdrawable: bool | None = None
    """The contract has a way to give back what was sent to it."""
    custodian: bool | None = None
    """The address belongs to another platform, which can be asked."""
    look_alike: bool = False
    """The address imitates one of the customer's own payees."""
