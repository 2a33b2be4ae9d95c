"""What the application gives to the handlers."""

from __future__ import annotations

from uuid import UUID

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from walletdesk.kit import db
from walletdesk.kit.i18n import Lang
from walletdesk.kit.web import NotSignedIn, Who

Pool = NamedDependency[SkipValidation[db.Pool]]
Asker = NamedDependency[Who]
Reader = NamedDependency[Lang]


def agent_of(who: Who) -> UUID:
    """Return which member of the staff asks.

    Raises:
        NotSignedIn: Nobody does.
    """
    if who.id is None:
        raise NotSignedIn
    return who.id
