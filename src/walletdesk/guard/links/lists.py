"""The lists in `guard/data`, read once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from walletdesk.kit.i18n import Lang


@dataclass(frozen=True, slots=True)
class Brand:
    """A name that phishing borrows, and the domains that are its owner's."""

    zh: str
    en: str
    words: tuple[str, ...]
    domains: tuple[str, ...]
    common: bool = False
    """Its word means other things too: it counts only beside a lure."""
    countries: bool = False
    """Its owner has it under country endings as well."""
    own: bool = False
    """It is the operator's."""

    def name(self, lang: Lang) -> str:
        """Return how people call it."""
        return self.zh if lang == "zh" else self.en


def _text(name: str) -> str:
    return resources.files("walletdesk.guard").joinpath("data", name).read_text(encoding="utf-8")


@cache
def words(file: str, key: str) -> frozenset[str]:
    """Return a list of words of `hosts.toml` or `words.toml`."""
    return frozenset(str(tomllib.loads(_text(file))[key]).split())


@cache
def hosts(key: str) -> frozenset[str]:
    """Return a list of `hosts.toml`."""
    return words("hosts.toml", key)


@cache
def lures(key: str) -> frozenset[str]:
    """Return a list of `words.toml`."""
    return words("words.toml", key)


def rows(name: str) -> list[list[str]]:
    """Return the lines of a file of `guard/data`, cut at tabs; comments are left out."""
    lines = _text(name).splitlines()
    return [line.split("\t") for line in lines if line.strip() and not line.startswith("# ")]


@cache
def brands() -> tuple[Brand, ...]:
    """Return the names that phishing borrows."""
    found: list[Brand] = []
    for zh, en, names, domains, flags in rows("brands.tsv"):
        marks = flags.split(",")
        found.append(
            Brand(zh, en, tuple(names.split(",")), tuple(domains.split(",")), "common" in marks, "cc" in marks)
        )
    return tuple(found)
