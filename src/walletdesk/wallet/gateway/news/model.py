"""Which news are heard, and the ways of saying no to who tells them."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar, Final

from walletdesk.kit.refusal import Kind, Refusal

POLL: Final = "poll"
OLD: Final = timedelta(days=1)
"""News older than this are passed over: nobody waits for them any more."""
KEPT: Final = timedelta(days=7)
"""So long a piece of news is known again; the sender gives up far earlier."""


class HookUnproved(Refusal):
    """A webhook is not signed, or not by the wallet's secret."""

    kind: ClassVar[Kind] = Kind.UNAUTHENTICATED
    code: ClassVar[str] = "news.hook_unproved"


class HookOld(Refusal):
    """A webhook was signed more than five minutes ago, or after now."""

    kind: ClassVar[Kind] = Kind.UNAUTHENTICATED
    code: ClassVar[str] = "news.hook_old"


class HookChanged(Refusal):
    """A webhook has the id of an earlier one and says something else."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "news.hook_changed"


class HookInvalid(Refusal):
    """A webhook is signed and cannot be read."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "news.hook_invalid"
