"""The articles that come with the product: Markdown files with a few lines in front.

---
id: pay-failed
intent: pay_failed
topic: pay
title: A payment failed
words: declined rejected
reviewed: 2026-11-25
stale: 2027-05-25
---
The text.
"""

from __future__ import annotations

import hashlib
from datetime import date
from functools import cache
from importlib import resources
from typing import Final, cast

from walletdesk.desk.helpcentre.model import Packaged, PackagedInvalid, Text, Topic
from walletdesk.kit.i18n import LANGS, Lang

_FENCE: Final = "---"
_NEEDED: Final = frozenset({"id", "topic", "title", "reviewed", "stale"})
_KNOWN: Final = _NEEDED | {"intent", "words"}


def read(source: str, lang: Lang, *, file: str) -> Packaged:
    """Read one file.

    Raises:
        PackagedInvalid: A line in front is missing, unknown or has no such value.
    """
    head, _, body = source.removeprefix(_FENCE + "\n").partition(f"\n{_FENCE}\n")
    if not source.startswith(_FENCE + "\n") or not body.strip():
        raise PackagedInvalid(file=file, reason="no front matter or no text")
    fields = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in head.splitlines())}
    if wrong := (_NEEDED - fields.keys()) | (fields.keys() - _KNOWN):
        raise PackagedInvalid(file=file, reason=", ".join(sorted(wrong)))
    try:
        dates = [date.fromisoformat(fields[name]) for name in ("reviewed", "stale")]
        topic = Topic(fields["topic"])
    except ValueError as error:
        raise PackagedInvalid(file=file, reason=str(error)) from error
    text = Text(fields["title"], body.strip(), fields.get("words", ""), dates[0], dates[1])
    digest = hashlib.sha256(source.encode()).hexdigest()
    return Packaged(fields["id"], fields.get("intent"), topic, lang, text, digest)


@cache
def all_packaged() -> tuple[Packaged, ...]:
    """Return every article of the package in both languages.

    Raises:
        PackagedInvalid
    """
    found: list[Packaged] = []
    for lang in LANGS:
        folder = resources.files("walletdesk.desk.helpcentre").joinpath("articles", cast("str", lang))
        for file in sorted(folder.iterdir(), key=lambda one: one.name):
            if file.name.endswith(".md"):
                found.append(read(file.read_text(encoding="utf-8"), lang, file=f"{lang}/{file.name}"))
    return tuple(found)
