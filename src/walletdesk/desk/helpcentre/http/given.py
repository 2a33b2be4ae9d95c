"""What the application gives to the handlers."""

from __future__ import annotations

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from walletdesk.kit import db
from walletdesk.kit.i18n import Lang
from walletdesk.kit.web import Who

Pool = NamedDependency[SkipValidation[db.Pool]]
Asker = NamedDependency[Who]
Reader = NamedDependency[Lang]
