"""The verdict on a link: every sign that is seen, and what they weigh together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from walletdesk.guard.links.alike import letters
from walletdesk.guard.links.finding import bare_host, find
from walletdesk.guard.links.forms import form_signs, weak_signs
from walletdesk.guard.links.hosts import Address, Host, host_of, take_apart
from walletdesk.guard.links.leading import DEPTH_MAX, leads_to
from walletdesk.guard.links.lists import brands, hosts
from walletdesk.guard.links.model import (
    DANGEROUS_FROM,
    SUSPICIOUS_FROM,
    Checked,
    Link,
    Policy,
    Sign,
    Verdict,
    Weight,
)
from walletdesk.guard.links.names import borrowed, in_path, own_brands, owner

LINKS_MAX: Final = 20
"""So many links of one text are judged; nobody reads more."""
SIGNS_MAX: Final = 4
_RANK: Final = (Verdict.DANGEROUS, Verdict.SUSPICIOUS, Verdict.UNKNOWN, Verdict.OWN)
_CLAIMS: Final = re.compile(
    r"(?:官方|官网|网站|客服|登录|登陆|首页|平台|中心|网页|链接|入口|"
    r"official|website|site|login|log in|sign in|home|page|app|[\s·|,,。.:!!-])+",
    re.IGNORECASE,
)


def check_all(text: str, policy: Policy) -> list[Checked]:
    """Judge every link of a text, in their order."""
    return [check(link, policy) for link in find(text)[:LINKS_MAX]]


def worst(checked: Iterable[Checked]) -> Checked | None:
    """Return the link of which one has to be warned most; the first of equals."""
    return min(checked, key=lambda one: _RANK.index(one.verdict), default=None)


@lru_cache(maxsize=4096)
def check(link: Link, policy: Policy, *, depth: int = 0) -> Checked:
    """Judge a link; `depth` counts the redirects that led to it.

    Only the operator's own pages are ever `own`; whatever has no sign of danger is `unknown`, never safe.
    """
    address = take_apart(link.target)
    host = address.host
    if address.scheme not in ("http", "https", "ftp"):
        return _judged(link, host, [Sign("script", Weight.STRONG)])
    own = any(host.within(host_of(domain).ascii) for domain in policy.own)
    signs = [*_denied(host, policy), *form_signs(address), *_leading(address, policy, depth, own=own)]
    signs += _shown(link, address, policy)
    if own:
        return _judged(link, host, [sign for sign in signs if sign.weight > Weight.WEAK], own=True)
    brand = owner(host)
    if brand is not None:
        return _judged(link, host, [*signs, Sign("known", Weight.NONE, brand=brand.en, site=host.site)])
    if not _known(host) and not host.local:
        signs += _stranger(address, policy)
    return _judged(link, host, signs)


def _stranger(address: Address, policy: Policy) -> list[Sign]:
    """Return the signs that count only where nobody known is behind the host."""
    if address.host.ip is not None:
        names = [in_path(address, policy)]
    else:
        names = [borrowed(address, policy), in_path(address, policy)]
    return [*(sign for sign in names if sign is not None), *weak_signs(address)]


def _known(host: Host) -> bool:
    return host.site in hosts("known") or host.site in hosts("trackers")


def _judged(link: Link, host: Host, signs: list[Sign], *, own: bool = False) -> Checked:
    ordered = tuple(sorted(signs, key=lambda sign: -sign.weight))[:SIGNS_MAX]
    total = sum(sign.weight for sign in signs)
    if any(sign.weight is Weight.STRONG for sign in signs) or total >= DANGEROUS_FROM:
        verdict = Verdict.DANGEROUS
    elif total >= SUSPICIOUS_FROM:
        verdict = Verdict.SUSPICIOUS
    else:
        verdict = Verdict.OWN if own else Verdict.UNKNOWN
    return Checked(link, verdict, ordered, host.ascii, host.site)


def _denied(host: Host, policy: Policy) -> list[Sign]:
    hit = any(host.within(host_of(domain.removeprefix("*.")).ascii) for domain in policy.denied)
    return [Sign("denied", Weight.STRONG, site=host.site)] if hit else []


def _leading(address: Address, policy: Policy, depth: int, *, own: bool) -> list[Sign]:
    """Judge what a link leads on to; the operator's own pages should lead to nobody else's."""
    if depth >= DEPTH_MAX:
        return []
    found: list[Sign] = []
    for target in leads_to(address):
        on = check(Link(target), policy, depth=depth + 1)
        if on.verdict.alarms:
            weight = Weight.STRONG if on.verdict is Verdict.DANGEROUS else Weight.FIRM
            found.append(Sign("leads_on", weight, site=on.site))
        elif own and on.verdict is not Verdict.OWN:
            found.append(Sign("leads_away", Weight.FIRM, site=on.site))
    return found


def _shown(link: Link, address: Address, policy: Policy) -> list[Sign]:
    """Compare what stands there with where it leads."""
    if link.shown is None:
        return []
    shown = bare_host(link.shown)
    if shown is not None:
        there = host_of(shown)
        if there.site == address.host.site:
            return []
        weight = Weight.WEAK if address.host.site in hosts("trackers") else Weight.STRONG
        return [Sign("shown_differs", weight, site=address.host.site, shown=there.site)]
    return _claimed(link.shown, address.host, policy)


def _claimed(shown: str, host: Host, policy: Policy) -> list[Sign]:
    """See a link that calls itself by a name, and leads to somebody else."""
    said = letters(_CLAIMS.sub("", shown))
    for brand in (*own_brands(policy), *brands()):
        names = {*brand.words, brand.zh.lower(), brand.en.lower(), f"{brand.zh.lower()}支付"}
        mine = any(host.within(domain) for domain in brand.domains)
        if said in names and not mine and owner(host) is not brand:
            return [Sign("shown_name", Weight.FIRM, brand=brand.en, site=host.site)]
    return []
