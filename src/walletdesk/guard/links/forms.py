"""What an address is, whoever it belongs to: numbers, foreign letters, names before an @, ports, lures, files."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from walletdesk.guard.links.alike import disguised, mixed
from walletdesk.guard.links.hosts import Address, on_hosting, trusted
from walletdesk.guard.links.lists import hosts
from walletdesk.guard.links.model import Sign, Weight
from walletdesk.guard.links.names import seen

_PROGRAM: Final = re.compile(r"\.(?:apk|exe|scr|msi|ipa|mobileconfig|bat|hta|iso|jar|vbs|ps1)$", re.IGNORECASE)
LONG_LABELS: Final = 6
LONG_CHARACTERS: Final = 60


def form_signs(address: Address) -> list[Sign]:
    """Return what is odd about the address itself; these count wherever it leads."""
    return [found for rule in _FORM for found in rule(address)]


def weak_signs(address: Address) -> list[Sign]:
    """Return what is seldom so on honest pages; nothing for authorities and the like."""
    return [] if trusted(address.host) else [found for rule in _WEAK for found in rule(address)]


def _number(address: Address) -> list[Sign]:
    host = address.host
    if host.ip is None or host.local:
        return []
    if host.ip_hidden:
        return [Sign("hidden_number", Weight.STRONG, site=host.site)]
    return [Sign("number", Weight.FIRM, site=host.site)]


def _user(address: Address) -> list[Sign]:
    user = address.user
    if user is None:
        return []
    if "." in user or "%" in user:
        return [Sign("name_before_at", Weight.STRONG, site=address.host.site)]
    known = address.host.site in hosts("known") or address.path.endswith(".git")
    return [] if known else [Sign("name_before_at", Weight.FIRM, site=address.host.site)]


def _odd(address: Address) -> list[Sign]:
    return [Sign("odd_form", Weight.STRONG)] if address.odd_form else []


def _unseen(address: Address) -> list[Sign]:
    return [Sign("unseen_characters", Weight.STRONG)] if address.unseen else []


def _letters(address: Address) -> list[Sign]:
    host = address.host
    labels = host.shown.split(".")
    if any(mixed(label) for label in labels):
        return [Sign("mixed_letters", Weight.STRONG, site=host.site)]
    if host.suffix.isascii() and not host.suffix.startswith("xn--") and any(map(disguised, labels)):
        return [Sign("foreign_letters", Weight.FIRM, site=host.site)]
    return [Sign("foreign_letters", Weight.FIRM, site=host.site)] if host.broken else []


def _short(address: Address) -> list[Sign]:
    host = address.host
    if host.ascii in hosts("single"):
        return []
    hit = host.site in hosts("shorteners") or host.ascii in hosts("shorteners")
    return [Sign("shortened", Weight.FIRM, site=host.site)] if hit and len(address.path) > 1 else []


_Rule = Callable[[Address], list[Sign]]
_FORM: Final[tuple[_Rule, ...]] = (_number, _user, _odd, _unseen, _letters, _short)


def _port(address: Address) -> list[Sign]:
    return [Sign("odd_port", Weight.WEAK)] if address.odd_port and not address.host.local else []


def _words(address: Address) -> list[Sign]:
    """See a host that is made of what phishing is about."""
    view = seen(address)
    total = view.strong + view.soft
    cheap = [Sign("cheap_ending", Weight.WEAK)] if view.cheap else []
    if (view.strong and total >= 2) or (total >= 2 and (view.cheap or view.hosted)):
        return [Sign("lure_words", Weight.FIRM), *cheap]
    if total and (view.cheap or view.hosted):
        return [Sign("lure_words", Weight.WEAK), *cheap]
    return cheap


def _hosted(address: Address) -> list[Sign]:
    return [Sign("free_pages", Weight.WEAK)] if on_hosting(address.host) else []


def _asking(address: Address) -> list[Sign]:
    """See a form for secrets where such forms seldom are."""
    view = seen(address)
    odd = view.cheap or view.hosted or address.odd_port or address.host.ip is not None
    return [Sign("asks_secret", Weight.WEAK)] if view.asks and odd and not address.host.local else []


def _file(address: Address) -> list[Sign]:
    return [Sign("program", Weight.WEAK)] if _PROGRAM.search(address.path) else []


def _long(address: Address) -> list[Sign]:
    host = address.host
    long = len(host.below) >= LONG_LABELS or len(host.ascii) > LONG_CHARACTERS
    return [Sign("long_name", Weight.WEAK)] if long else []


_WEAK: Final[tuple[_Rule, ...]] = (_port, _words, _hosted, _asking, _file, _long)
