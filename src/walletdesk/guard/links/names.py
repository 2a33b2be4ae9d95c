"""Names that are borrowed: the operator's own and those of well-known payment brands, in a host that is not theirs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from walletdesk.guard.links.alike import Likeness, letters, likeness, skeleton
from walletdesk.guard.links.hosts import Address, Host, host_of, of_country, on_hosting
from walletdesk.guard.links.lists import Brand, brands, hosts, lures
from walletdesk.guard.links.model import Policy, Sign, Weight

SHORT: Final = 3
"""Names of so few letters stand in many words; they count only beside a lure."""
GLUED_FROM: Final = 5
DOMAIN_FROM: Final = 6
NEAR_FROM: Final = 5
"""A whole label may be one slip away from names of so many letters."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A host as the rules look at it."""

    host: Host
    tokens: tuple[str, ...]
    """The registered label, cut at hyphens."""
    strong: int
    soft: int
    """How many words of lures are in it, and before it."""
    asks: bool
    """Whether the path asks for a secret."""
    cheap: bool
    hosted: bool
    letters: str
    """The host in plain letters."""
    skeleton: str
    """What the eye takes in of the host."""

    @property
    def lured(self) -> bool:
        """Say whether something beside a name makes it a lure."""
        return bool(self.strong or self.soft or self.asks or self.cheap)


def seen(address: Address) -> Seen:
    """Look at a host once for all names."""
    host = address.host
    tokens = tuple(host.main.split("-"))
    around = [*tokens, *(token for label in host.below for token in label.split("-"))]
    found = [word for token in around for word in lure_words(letters(token))]
    strong = sum(word in lures("strong") for word in found)
    ending = host.ascii.rsplit(".", 1)[-1]
    return Seen(
        host, tokens, strong, len(found) - strong, asks(address.path), ending in hosts("cheap"), on_hosting(host),
        letters(host.shown), skeleton(host.shown),
    )  # fmt: skip


@lru_cache(maxsize=8192)
def lure_words(token: str) -> tuple[str, ...]:
    """Return the words of lures of which a token consists, if it consists of nothing else."""
    every = lures("strong") | lures("soft")
    if token in every:
        return (token,)
    for cut in range(len(token) - 2, 2, -1):
        if token[:cut] in every and (rest := lure_words(token[cut:])):
            return (token[:cut], *rest)
    return ()


def asks(path: str) -> bool:
    """Say whether a path asks for a secret."""
    parts = re.split(r"[/.]", path.lower())
    return any(part in lures("asking") for part in parts)


@lru_cache(maxsize=64)
def own_brands(policy: Policy) -> tuple[Brand, ...]:
    """Return the operator's own domains as names that may be borrowed."""
    found: list[Brand] = []
    for domain in policy.own:
        host = host_of(domain)
        found.append(Brand(domain, domain, (host.main,) if host.main else (), (host.ascii,), own=True))
    return tuple(found)


def owner(host: Host) -> Brand | None:
    """Return the well-known brand whose page it is."""
    labels = host.ascii.split(".")
    for at in range(len(labels)):
        found = _owners().get(".".join(labels[at:]))
        if found is not None:
            return found
    if not of_country(host):
        return None
    return next((brand for brand in brands() if brand.countries and host.main in brand.words), None)


@cache
def _owners() -> dict[str, Brand]:
    return {domain: brand for brand in reversed(brands()) for domain in brand.domains}


def borrowed(address: Address, policy: Policy) -> Sign | None:
    """Return the weightiest sign of a borrowed name."""
    view = seen(address)
    every = (*own_brands(policy), *brands())
    words = _words(every)
    near = frozenset[str]().union(*(near_words(form, words) for form in _all_forms(view)))
    best: Sign | None = None
    for brand in (brand for brand in every if _concerns(view, brand, near)):
        for rule in _RULES:
            found = rule(view, brand)
            if found is not None and (best is None or found.weight > best.weight):
                best = found
    return best


@lru_cache(maxsize=64)
def _words(every: tuple[Brand, ...]) -> tuple[str, ...]:
    return tuple(word for brand in every for word in brand.words)


def _all_forms(view: Seen) -> set[str]:
    labels = (view.host.main, *view.host.below)
    return {form for label in labels for form in (*_forms(label), *label.split("-"))}


@lru_cache(maxsize=8192)
def near_words(form: str, words: tuple[str, ...]) -> frozenset[str]:
    """Return the words that a label could be taken for; most are told apart by length and letters alone."""
    mine, size = frozenset(skeleton(form)), len(skeleton(form))
    return frozenset(
        word
        for word, theirs, length in _outlines(words)
        if -3 <= length - size <= 2 and len(mine ^ theirs) <= 4 and likeness(form, word, near_from=NEAR_FROM)
    )


@lru_cache(maxsize=64)
def _outlines(words: tuple[str, ...]) -> tuple[tuple[str, frozenset[str], int], ...]:
    return tuple((word, frozenset(skeleton(word)), len(skeleton(word))) for word in words)


def _concerns(view: Seen, brand: Brand, near: frozenset[str]) -> bool:
    """Say, quickly, whether any rule could see a brand in a host."""
    if any(word in near or skeleton(word) in view.skeleton for word in brand.words):
        return True
    return any(domain in view.letters for domain in brand.domains)


def _sign(code: str, weight: Weight, view: Seen, brand: Brand) -> Sign | None:
    return Sign(code, weight, brand=brand.en, site=view.host.site) if weight else None


def _in_front(view: Seen, brand: Brand) -> Sign | None:
    """See `paypal.com.secure-login.xyz` and `icloud.com-findmy.top`: a whole domain before another's."""
    for domain in brand.domains:
        if len(domain) >= DOMAIN_FROM and domain in view.letters and _stands_before(domain, view.letters):
            return _sign("name_in_front", Weight.STRONG, view, brand)
    return None


def _stands_before(domain: str, host: str) -> bool:
    return re.search(rf"(?:^|[.-]){re.escape(domain)}(?=[.-])", host) is not None


def _whole(view: Seen, brand: Brand) -> Sign | None:
    """See the name itself under another ending, or something that looks like it."""
    label = view.host.main
    pairs = [(likeness(form, word, near_from=NEAR_FROM), word) for word in brand.words for form in _forms(label)]
    like, word = max(pairs, default=(Likeness.NONE, ""))
    if like is Likeness.SAME:
        return _sign("same_name", _weight_of_same(view, brand, word), view, brand)
    if like is Likeness.LOOKS:
        return _sign("look_alike", _weight_of_looks(view, brand, word), view, brand)
    if like is Likeness.CLOSE and not brand.common:
        weight = Weight.STRONG if view.lured or brand.own else Weight.FIRM
        return _sign("look_alike", weight, view, brand)
    return None


def _forms(label: str) -> tuple[str, ...]:
    return (label, label.replace("-", "")) if "-" in label else (label,)


def _weight_of_same(view: Seen, brand: Brand, word: str) -> Weight:
    if brand.own:
        return Weight.STRONG
    if view.host.suffix in hosts("developers"):
        return Weight.STRONG if view.asks else Weight.WEAK
    if brand.common or len(word) <= SHORT:
        return Weight.FIRM if view.cheap or view.hosted else Weight.NONE
    return Weight.FIRM if view.hosted and not view.asks else Weight.STRONG


def _weight_of_looks(view: Seen, brand: Brand, word: str) -> Weight:
    deliberate = not re.fullmatch(r"[a-z-]+", view.host.main)
    if len(word) <= SHORT:
        return Weight.STRONG if view.lured else Weight.WEAK
    return Weight.FIRM if brand.common and not deliberate else Weight.STRONG


def _among(view: Seen, brand: Brand) -> Sign | None:
    """See `paypal-secure.com`: the name beside other words."""
    if len(view.tokens) < 2:
        return None
    best = Weight.NONE
    for token in view.tokens:
        for word in brand.words:
            best = max(best, _weight_of_token(view, brand, word, likeness(token, word)))
    return _sign("name_inside", best, view, brand)


def _weight_of_token(view: Seen, brand: Brand, word: str, like: Likeness) -> Weight:
    if like is Likeness.NONE:
        return Weight.NONE
    if brand.common:
        baited = view.strong or view.soft >= 2
        return Weight.STRONG if baited and like >= Likeness.LOOKS else Weight.NONE
    if len(word) <= SHORT:
        return Weight.STRONG if view.lured else Weight.WEAK
    if like is Likeness.CLOSE:
        return Weight.FIRM if len(word) > GLUED_FROM or brand.own else Weight.NONE
    return Weight.STRONG if view.lured else Weight.FIRM


def _glued(view: Seen, brand: Brand) -> Sign | None:
    """See `alipaykefu.com`: the name with other words and no hyphen between."""
    best = Weight.NONE
    for token in view.tokens:
        for word in brand.words:
            if len(word) >= GLUED_FROM and not brand.common and (rest := _rest(token, word)):
                best = max(best, _weight_of_rest(view, brand, word, rest))
    return _sign("name_inside", best, view, brand)


def _rest(token: str, word: str) -> str:
    """Return what stands before or behind a name in a token."""
    plain = letters(token)
    if len(plain) <= len(word):
        return ""
    if skeleton(plain[: len(word)]) == skeleton(word):
        return plain[len(word) :]
    if skeleton(plain[-len(word) :]) == skeleton(word):
        return plain[: -len(word)]
    return ""


def _weight_of_rest(view: Seen, brand: Brand, word: str, rest: str) -> Weight:
    if lure_words(rest):
        return Weight.STRONG
    if brand.own:
        return Weight.FIRM
    return Weight.WEAK if len(word) > GLUED_FROM and not brand.countries else Weight.NONE


def _below(view: Seen, brand: Brand) -> Sign | None:
    """See `alipay.safe-centre.net`: the name before somebody else's domain."""
    best = Weight.NONE
    for label in view.host.below:
        for token in {label, label.replace("-", ""), *label.split("-")}:
            for word in brand.words:
                best = max(best, _weight_below(view, brand, word, likeness(token, word)))
    return _sign("name_in_front", best, view, brand)


def _weight_below(view: Seen, brand: Brand, word: str, like: Likeness) -> Weight:
    if like < Likeness.LOOKS:
        return Weight.NONE
    if brand.common or len(word) <= SHORT:
        baited = view.strong or view.soft >= 2
        return Weight.STRONG if baited else Weight.NONE
    return Weight.STRONG if view.lured or brand.own or like is Likeness.LOOKS else Weight.FIRM


_RULES: Final = (_in_front, _whole, _among, _glued, _below)

_SCRIPTED: Final = re.compile(r"\.(?:php|asp|aspx|jsp|html?|cgi)\d?$", re.IGNORECASE)
_ODD_PLACE: Final = re.compile(
    r"/(?:wp-(?:content|includes|admin)|\.[a-z-]+|~[\w.-]+|tmp|images|img|media|js|css|uploads?|cache|plugins)/",
    re.IGNORECASE,
)


def in_path(address: Address, policy: Policy) -> Sign | None:
    """See `bakery.com/wp-content/paypal/login.php`: a name as a folder of somebody else's pages, and a form in it."""
    path = address.path
    scripted, odd = _SCRIPTED.search(path) is not None, _ODD_PLACE.search(path) is not None
    if not (asks(path) and (scripted or odd or path.endswith("/"))):
        return None
    folders = [part.lower() for part in path.split("/") if part][:12]
    for brand in (*own_brands(policy), *brands()):
        if any(_is_folder_of(folder, brand, odd=odd) for folder in folders):
            weight = Weight.STRONG if odd and scripted else Weight.FIRM
            return Sign("name_in_path", weight, brand=brand.en, site=address.host.site)
    return None


def _is_folder_of(folder: str, brand: Brand, *, odd: bool) -> bool:
    plain = folder.removeprefix("www.")
    if plain in brand.domains:
        return True
    return (not brand.common or odd) and plain in brand.words
