"""Passwords of the staff: argon2id, a length, a block list, no other rule (NIST SP 800-63B-4, 3.1.1.2)."""

from __future__ import annotations

import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from walletdesk.people.model import (
    PASSWORD_LENGTH_MAX,
    PASSWORD_LENGTH_MIN,
    PasswordKnown,
    PasswordTooLong,
    PasswordTooShort,
)

_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""19 MiB and two passes: the first choice of the OWASP password storage cheat sheet for argon2id."""

_BLOCKED_PARTS: Final = ("password", "passwort", "qwerty", "12345678", "letmein", "walletdesk", "admin")
_NOBODY: Final = _HASHER.hash("nobody has this password, it only takes the same time")


def normal(password: str) -> str:
    """Return the form in which a password is compared, so that any keyboard can type it (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def check_strength(password: str) -> None:
    """Accept any password that is long enough and not among the first that are tried.

    Raises:
        PasswordTooShort, PasswordTooLong, PasswordKnown
    """
    plain = normal(password)
    if len(plain) < PASSWORD_LENGTH_MIN:
        raise PasswordTooShort(field="password", needed=PASSWORD_LENGTH_MIN)
    if len(plain) > PASSWORD_LENGTH_MAX:
        raise PasswordTooLong(field="password", allowed=PASSWORD_LENGTH_MAX)
    rest = plain.lower()
    for part in _BLOCKED_PARTS:
        rest = rest.replace(part, "")
    if len(rest) < 8 or len(set(plain)) < 5:
        raise PasswordKnown(field="password")


def hash_password(password: str) -> str:
    """Return what is stored for a password; about 50 ms of work on purpose."""
    check_strength(password)
    return _HASHER.hash(normal(password))


def verify_password(stored: str | None, password: str) -> bool:
    """Compare; for somebody who does not exist it takes the same time and is never right."""
    try:
        right = _HASHER.verify(stored or _NOBODY, normal(password)[:PASSWORD_LENGTH_MAX])
    except (VerifyMismatchError, InvalidHashError):
        return False
    return right and stored is not None
