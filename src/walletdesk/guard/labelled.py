"""The labelled links of our own, and how well the checker does on them.

Two parts: one on which the rules were tuned, one that was written and fixed before the rules and never used to
change them. A link alarms where it is judged suspicious or dangerous. A shortened address is labelled phishing by
rule, because nobody can see where it leads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from walletdesk.guard.links.judging import check_all, worst
from walletdesk.guard.links.lists import rows
from walletdesk.guard.links.model import Policy, Verdict

Part = Literal["tuning", "held_out"]
PARTS: Final[tuple[Part, ...]] = ("tuning", "held_out")
POLICY: Final = Policy(
    own=("walletdesk.example", "wdpay.example"), denied=("refund-centre.example", "kefu-online.example")
)
"""Whose links the labels are about."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text with a link, and what it is."""

    phishing: bool
    style: str
    text: str


@dataclass(frozen=True, slots=True)
class Measured:
    """How well the checker does: of the phishing how much alarms, of the genuine how much as well."""

    phishing: int
    genuine: int
    recall: float
    false_alarms: float
    wrong: tuple[Labelled, ...] = field(default=())
    by_style: dict[str, float] = field(default_factory=dict[str, float])
    """Which share of each style is judged as it is labelled."""


def load(part: Part) -> list[Labelled]:
    """Return the links of a part."""
    return [Labelled(label == "phishing", style, text) for label, style, text in rows(f"links_{part}.tsv")]


def alarms(text: str) -> bool:
    """Say whether a text alarms."""
    found = worst(check_all(text, POLICY))
    return found is not None and found.verdict in (Verdict.SUSPICIOUS, Verdict.DANGEROUS)


def measure(links: Sequence[Labelled]) -> Measured:
    """Judge labelled links and count."""
    wrong = [one for one in links if alarms(one.text) is not one.phishing]
    styles = Counter(one.style for one in links)
    amiss = Counter(one.style for one in wrong)
    phishing = sum(one.phishing for one in links)
    genuine = len(links) - phishing
    missed = sum(one.phishing for one in wrong)
    return Measured(
        phishing, genuine, (phishing - missed) / phishing, (len(wrong) - missed) / genuine, tuple(wrong),
        {style: 1 - amiss[style] / count for style, count in styles.items()},
    )  # fmt: skip
