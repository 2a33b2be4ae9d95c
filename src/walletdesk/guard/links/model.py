"""Values of the link checker: a link as it was found, what was seen in it, and the verdict."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Final


class Verdict(StrEnum):
    """What may be said of a link. Nothing but the operator's own pages is ever called safe."""

    OWN = "own"
    UNKNOWN = "unknown"
    SUSPICIOUS = "suspicious"
    DANGEROUS = "dangerous"

    @property
    def alarms(self) -> bool:
        """Say whether somebody has to be warned."""
        return self in (Verdict.SUSPICIOUS, Verdict.DANGEROUS)


class Weight(IntEnum):
    """How much a sign counts: a firm one warns by itself, weak ones only together."""

    NONE = 0
    WEAK = 1
    FIRM = 2
    STRONG = 3


SUSPICIOUS_FROM: Final = 2
DANGEROUS_FROM: Final = 4


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that was seen; its text is `guard.link.<code>`, filled with `brand`, `site`, `shown`."""

    code: str
    weight: Weight
    brand: str = ""
    """Key of the name that is borrowed, for `brand_name`."""
    site: str = ""
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a text: where it leads, and what stands there instead where the two differ."""

    target: str
    shown: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """What the operator says of hosts: which domains are its own, and which it knows to be bad."""

    own: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()


NOTHING_SET: Final = Policy()
"""An operator who has said nothing: nobody's pages are his."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A link with its verdict; `host` and `site` are ASCII, so that foreign letters cannot hide in them."""

    link: Link
    verdict: Verdict
    signs: tuple[Sign, ...] = field(default=())
    """The weightiest first."""
    host: str = ""
    site: str = ""
    """The part of the host that somebody has registered: whose page it is."""
