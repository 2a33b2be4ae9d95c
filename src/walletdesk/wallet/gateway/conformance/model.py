"""What a check finds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from walletdesk.wallet.gateway.conformance.probe import Probe


class Verdict(StrEnum):
    """How a check ended; what cannot be checked here is skipped, which is no failure."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"


class Failed(Exception):  # noqa: N818 - a finding, not an error
    """The wallet does not keep a sentence of the contract; the text says what was seen instead."""


class Skipped(Exception):  # noqa: N818 - a finding, not an error
    """The sentence cannot be checked with what there is; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Check:
    """One sentence of the contract, its text in the catalogue under `contract.<name>`, and how it is tried."""

    name: str
    run: Callable[[Probe], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Result:
    """What one check has found."""

    name: str
    verdict: Verdict
    detail: str
    seconds: float


def must(holds: bool, seen: str) -> None:  # noqa: FBT001 - reads as a sentence
    """Let a check fail unless something holds.

    Raises:
        Failed
    """
    if not holds:
        raise Failed(seen)
