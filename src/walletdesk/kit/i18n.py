"""Texts for people: catalogues in Chinese and English, one file for each room, the same keys in both."""

from __future__ import annotations

import string
import tomllib
from functools import cache
from importlib import resources
from typing import Final, Literal, cast

from walletdesk.kit.refusal import Refusal

Lang = Literal["zh", "en"]
LANGS: Final[tuple[Lang, ...]] = ("zh", "en")


class MissingText(KeyError):  # noqa: N818
    """A key that stands in no catalogue: a defect, found by the parity test."""


@cache
def catalogue(lang: Lang) -> dict[str, str]:
    """Return all texts of a language; nested tables of the files become dotted keys."""
    texts: dict[str, str] = {}
    folder = resources.files("walletdesk").joinpath("catalogues", lang)
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            _flatten(tomllib.loads(file.read_text(encoding="utf-8")), "", texts)
    return texts


def _flatten(table: dict[str, object], prefix: str, into: dict[str, str]) -> None:
    for key, value in table.items():
        if isinstance(value, dict):
            _flatten(cast("dict[str, object]", value), f"{prefix}{key}.", into)
        elif f"{prefix}{key}" in into:
            raise ValueError(f"text {prefix}{key} stands twice")
        else:
            into[f"{prefix}{key}"] = str(value)


def has_text(lang: Lang, key: str) -> bool:
    """Say whether a key has a text."""
    return key in catalogue(lang)


def text(lang: Lang, key: str, **params: object) -> str:
    """Return the text of a key with its `{placeholders}` filled.

    Raises:
        MissingText: No catalogue has the key, or a placeholder has no value.
    """
    try:
        return catalogue(lang)[key].format_map({k: str(v) for k, v in params.items()})
    except KeyError as error:
        raise MissingText(f"{lang}: {key}") from error


def placeholders(lang: Lang, key: str) -> frozenset[str]:
    """Return the names of a text's placeholders."""
    return frozenset(
        name for _, name, _, _ in string.Formatter().parse(catalogue(lang)[key]) if name
    )


def refusal_text(lang: Lang, refusal: Refusal) -> str:
    """Say a refusal to a person; placeholders without a value are filled with an empty word."""
    template = catalogue(lang).get(f"refusal.{refusal.code}")
    details = {"field": refusal.field or "", **refusal.details}
    if template is None:
        return refusal.code
    return template.format_map(_Lenient({k: str(v) for k, v in details.items()}))


class _Lenient(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def lang_of(tag: str | None) -> Lang:
    """Choose the language for a locale tag or an Accept-Language header; Chinese where none is named."""
    for part in (tag or "").lower().split(","):
        name = part.split(";")[0].strip()
        if name.startswith("en"):
            return "en"
        if name.startswith("zh"):
            return "zh"
    return "zh"
