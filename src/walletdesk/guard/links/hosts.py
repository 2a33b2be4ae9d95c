"""Who a link really leads to: the address is taken apart as browsers do it, with every spelling they accept.

Sources: WHATWG URL standard (host parser, IPv4 numbers, backslashes), RFC 3492 (Punycode), UTS 39 (mixed scripts).
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from walletdesk.guard.links.lists import hosts

UNSEEN: Final = re.compile(r"[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
"""Characters that are not seen: zero width, joiners, marks of direction."""
_DOTS: Final = str.maketrans("。．｡․", "....")
_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]{0,20}):", re.IGNORECASE)
_PLAIN_PORTS: Final = frozenset({None, 80, 443, 8080, 8443})
_PRIVATE: Final = tuple(
    ipaddress.ip_network(net)
    for net in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10",
        "fc00::/7", "fe80::/10", "::1/128",
    )
)  # fmt: skip
_LOCAL: Final = ("localhost", ".localhost", ".local", ".lan", ".internal", ".home.arpa")
HOST_CHARACTERS_MAX: Final = 253
LABEL_CHARACTERS_MAX: Final = 63
SITE_CHARACTERS_MAX: Final = 80


@dataclass(frozen=True, slots=True)
class Host:
    """A host: as browsers call it (`ascii`), as it looks (`shown`), whose it is (`site`, `main`, `suffix`)."""

    ascii: str
    shown: str
    site: str = ""
    main: str = ""
    """The registered label, as it looks."""
    suffix: str = ""
    below: tuple[str, ...] = ()
    """The labels before it, as they look."""
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address | None = None
    ip_hidden: bool = False
    broken: bool = False
    """Its Punycode cannot be read, or it is longer than a host may be."""

    @property
    def local(self) -> bool:
        """Say whether it is in the reader's own network."""
        if self.ip is not None:
            return not self.ip_hidden and any(self.ip in net for net in _PRIVATE)
        return f".{self.ascii}".endswith(_LOCAL)

    def within(self, domain: str) -> bool:
        """Say whether it is a domain or below it."""
        return self.ascii == domain or self.ascii.endswith(f".{domain}")


@dataclass(frozen=True, slots=True)
class Address:
    """A link taken apart."""

    scheme: str
    host: Host
    user: str | None = None
    port: int | None = None
    path: str = ""
    query: str = ""
    odd_form: bool = False
    """Backslashes, missing or further slashes: readers and browsers see different hosts."""
    unseen: bool = False

    @property
    def odd_port(self) -> bool:
        """Say whether the port is one that pages for people seldom have."""
        return self.port not in _PLAIN_PORTS


def take_apart(target: str) -> Address:
    """Take a link apart as a browser would."""
    unseen = UNSEEN.search(target) is not None
    text = re.sub(r"[\t\r\n]", "", UNSEEN.sub("", target)).strip()
    match = _SCHEME.match(text)
    scheme = match[1].lower() if match and not _is_host_and_port(text, match) else "http"
    rest = text[match.end() :] if match and scheme == match[1].lower() else text
    if scheme not in ("http", "https", "ftp"):
        return Address(scheme, Host("", ""), path=rest, unseen=unseen)
    slashes = re.match(r"[/\\]*", rest)
    lead = slashes[0] if slashes else ""
    rest = rest[len(lead) :]
    odd = "\\" in lead or (bool(match) and lead != "//") or "\\" in rest.split("?", 1)[0]
    authority, path, query = _cut(rest.replace("\\", "/"))
    user, _, place = authority.rpartition("@")
    name, port = _port(place)
    return Address(
        scheme, host_of(name), user if "@" in authority else None, port, path, query, odd_form=odd, unseen=unseen
    )


def _is_host_and_port(text: str, match: re.Match[str]) -> bool:
    return "." in match[1] and re.match(r"\d{1,5}(?:[/?#]|$)", text[match.end() :]) is not None


def _cut(rest: str) -> tuple[str, str, str]:
    match = re.match(r"([^/?#]*)([^?#]*)(.*)", rest, re.DOTALL)
    return (match[1], match[2], match[3]) if match else (rest, "", "")


def _port(place: str) -> tuple[str, int | None]:
    match = re.fullmatch(r"(.*?):(\d{0,5})", place)
    if match is None or (place.startswith("[") and place.endswith("]")):
        return place, None
    return match[1], int(match[2]) if match[2] else None


@lru_cache(maxsize=4096)
def host_of(name: str) -> Host:
    """Read a host: percent signs, full-width letters and dots, Punycode, numbers of every base."""
    seen = unicodedata.normalize("NFKC", UNSEEN.sub("", unquote(name)).translate(_DOTS)).lower().rstrip(".")
    if (found := _address(seen)) is not None:
        ip, hidden = found
        return Host(str(ip), seen, site=str(ip), ip=ip, ip_hidden=hidden)
    labels = [_labels(label) for label in seen.split(".")]
    ascii_name = ".".join(ascii_label for ascii_label, _, _ in labels)
    shown = [label for _, label, _ in labels]
    broken = any(bad for _, _, bad in labels) or len(ascii_name) > HOST_CHARACTERS_MAX
    keep = _suffix_length(ascii_name.split("."))
    main = shown[-keep - 1] if len(shown) > keep else ""
    site = _fit(".".join(ascii_name.split(".")[-keep - 1 :]))
    return Host(
        ascii_name, ".".join(shown), site, main, ".".join(ascii_name.split(".")[-keep:]),
        tuple(shown[: max(0, len(shown) - keep - 1)]), broken=broken,
    )  # fmt: skip


def _fit(site: str) -> str:
    """Return a site as it may be shown to people: no character that no host has, and not too long."""
    plain = re.sub(r"[^a-z0-9._-]", "?", site)
    return plain if len(plain) <= SITE_CHARACTERS_MAX else f"…{plain[-SITE_CHARACTERS_MAX:]}"


def _labels(label: str) -> tuple[str, str, bool]:
    """Return a label in ASCII, as it looks, and whether it cannot be read."""
    if label.startswith("xn--"):
        try:
            return label, label[4:].encode("ascii").decode("punycode"), len(label) > LABEL_CHARACTERS_MAX
        except (UnicodeError, ValueError, OverflowError):
            return label, label, True
    if label.isascii():
        return label, label, len(label) > LABEL_CHARACTERS_MAX
    coded = "xn--" + label.encode("punycode", "replace").decode("ascii")
    return coded, label, len(coded) > LABEL_CHARACTERS_MAX


def _address(name: str) -> tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, bool] | None:
    """Return the number that a host is, and whether it is written so that people do not see it."""
    if name.startswith("["):
        try:
            six = ipaddress.IPv6Address(name.strip("[]").split("%", 1)[0])
        except ValueError:
            return None
        return (six, True) if six.ipv4_mapped is not None else (six, False)
    parts = name.split(".")
    numbers = [_number(part) for part in parts]
    if not 1 <= len(parts) <= 4 or any(number is None for number in numbers):
        return None
    values = [number for number in numbers if number is not None]
    if any(value > 255 for value in values[:-1]) or values[-1] >= 256 ** (5 - len(values)):
        return None
    total = values[-1] + sum(value << (8 * (3 - place)) for place, value in enumerate(values[:-1]))
    plain = str(ipaddress.IPv4Address(total))
    return ipaddress.IPv4Address(total), plain != name


def _number(part: str) -> int | None:
    """Read a number as browsers do: 0x is hexadecimal, a leading zero octal."""
    if re.fullmatch(r"0x[0-9a-f]{0,8}", part):
        return int(part[2:] or "0", 16)
    if re.fullmatch(r"0[0-7]{1,11}", part):
        return int(part, 8)
    return int(part) if re.fullmatch(r"[0-9]{1,10}", part) else None


def _suffix_length(labels: list[str]) -> int:
    """Return how many labels at the end are nobody's name: a simple form of the public suffix list."""
    for length in (3, 2):
        if len(labels) > length and ".".join(labels[-length:]) in hosts("hosting"):
            return length
    if len(labels) < 3 or len(labels[-1]) != 2:
        return 1
    if labels[-2] in hosts("second"):
        return 2
    return 2 if labels[-1] == "cn" and labels[-2] in hosts("provinces") else 1


def on_hosting(host: Host) -> bool:
    """Say whether it is a place where anybody can put pages."""
    return host.suffix in hosts("hosting") or host.site in hosts("hosting")


def trusted(host: Host) -> bool:
    """Say whether its ending is given only to authorities, schools and the like."""
    labels = host.suffix.split(".")
    ending = labels[0] if len(labels) > 1 else labels[-1]
    return ending in hosts("trusted") or host.suffix in ("ac.uk", "gob.mx", "gouv.fr", "gv.at", "go.jp", "ac.jp")


def of_country(host: Host) -> bool:
    """Say whether it stands under the ending of a country."""
    ending = host.suffix.rsplit(".", 1)[-1]
    return len(ending) == 2 and (ending not in hosts("sold") or "." in host.suffix)
