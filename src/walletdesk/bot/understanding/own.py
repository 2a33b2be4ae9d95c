"""The operator's own sentences: read from a file with every mistake named, kept beside the models.

CSV with the columns `text`, `intent` and, if wanted, `emergency`; or JSON lines with the same names. The language of
each sentence is found by its script, as that of a customer's text.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Final

import msgspec

from walletdesk.bot.understanding import corpus, features, normalise, training
from walletdesk.bot.understanding.corpus import Example
from walletdesk.bot.understanding.vocabulary import EMERGENCIES, INTENTS, NO_EMERGENCY
from walletdesk.kit.i18n import LANGS, Lang
from walletdesk.kit.refusal import Kind, Refusal

SENTENCES_MAX: Final = 50_000
"""Sentences of one file; the time and memory of training stay bounded."""

OwnSentences = Mapping[Lang, Sequence[Example]]


class LineUnreadable(Refusal):
    """A line of the file is no UTF-8, no JSON object, or has no `text`."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "understanding.line_unreadable"


class LabelUnknown(Refusal):
    """A line names an intent or an emergency that the bot does not know."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "understanding.label_unknown"


class OneLabelOnly(Refusal):
    """All sentences have the same label, so that nothing can be told apart by them."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "understanding.one_label_only"


class NothingNew(Refusal):
    """The file has no sentence that is not packaged already."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "understanding.nothing_new"


class TooManySentences(Refusal):
    """The file has more sentences than are trained on."""

    kind: ClassVar[Kind] = Kind.TOO_LARGE
    code: ClassVar[str] = "understanding.too_many_sentences"


class _Row(msgspec.Struct):
    text: str
    intent: str | None = None
    emergency: str | None = None


def read(raw: bytes, *, as_csv: bool) -> dict[Lang, list[Example]]:
    """Read a file's sentences; those that are packaged already are left out.

    Raises:
        LineUnreadable, LabelUnknown, OneLabelOnly, NothingNew, TooManySentences: With the number of the line.
    """
    rows = [(line, _checked(row, line)) for line, row in (_csv_rows(raw) if as_csv else _json_rows(raw))]
    if len(rows) > SENTENCES_MAX:
        raise TooManySentences(line=rows[SENTENCES_MAX][0], allowed=SENTENCES_MAX)
    known = {example.text.casefold() for lang in LANGS for example in corpus.examples(lang)}
    chosen = {example.text.casefold(): example for _, example in rows if example.text.casefold() not in known}
    if not chosen:
        raise NothingNew(sentences=len(rows))
    if len({(example.intent, example.emergency) for _, example in rows}) == 1:
        raise OneLabelOnly(line=rows[0][0], label=rows[0][1].intent or rows[0][1].emergency)
    return _by_language(list(chosen.values()))


def _by_language(examples: Sequence[Example]) -> dict[Lang, list[Example]]:
    english = training.english_words()
    found: dict[Lang, list[Example]] = {lang: [] for lang in LANGS}
    for example in examples:
        found[features.language(normalise.normalise(example.text), english)].append(example)
    return found


def _json_rows(raw: bytes) -> Iterator[tuple[int, _Row]]:
    for line, one in enumerate(raw.removeprefix(b"\xef\xbb\xbf").splitlines(), start=1):
        if one.strip():
            try:
                yield line, msgspec.json.decode(one, type=_Row)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise LineUnreadable(line=line, reason=str(error)) from error


def _csv_rows(raw: bytes) -> Iterator[tuple[int, _Row]]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise LineUnreadable(line=line, reason=str(error)) from error
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    read_to = 0
    try:
        for row in reader:
            read_to = reader.line_num
            yield read_to, _Row(row.get("text") or "", row.get("intent"), row.get("emergency"))
    except csv.Error as error:
        # A quote that is never closed is to be looked for where its row begins.
        raise LineUnreadable(line=max(read_to, 1) + 1, reason=str(error)) from error


def _checked(row: _Row, line: int) -> Example:
    text, intent, emergency = ((part or "").strip() for part in (row.text, row.intent, row.emergency))
    if not text:
        raise LineUnreadable(line=line, reason="text")
    if (intent and intent not in INTENTS) or not (intent or emergency):
        raise LabelUnknown(line=line, label=intent)
    if emergency not in ("", NO_EMERGENCY, *EMERGENCIES):
        raise LabelUnknown(line=line, label=emergency)
    return Example(" ".join(text.split()), intent or None, emergency or NO_EMERGENCY)


def _file(home: Path) -> Path:
    return home / "models" / "own-sentences.jsonl"


def kept(home: Path) -> dict[Lang, list[Example]]:
    """Return the sentences that were promoted under `home`; none when there are none."""
    try:
        raw = _file(home).read_bytes()
    except FileNotFoundError:
        return {lang: [] for lang in LANGS}
    return _by_language([_checked(row, line) for line, row in _json_rows(raw)])


def fingerprint(home: Path) -> str:
    """Return the hash of everything that decides how the model under `home` looks, own sentences among it."""
    try:
        raw = _file(home).read_bytes()
    except FileNotFoundError:
        return corpus.fingerprint()
    return hashlib.sha256(corpus.fingerprint().encode() + raw).hexdigest()[:20]


def keep(home: Path, sentences: OwnSentences) -> None:
    """Keep sentences under `home` in place of those kept before; whole or not at all."""
    file = _file(home)
    file.parent.mkdir(parents=True, exist_ok=True)
    rows = [_Row(e.text, e.intent, e.emergency) for lang in LANGS for e in sentences[lang]]
    draft = file.with_suffix(".draft")
    draft.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    draft.replace(file)


def forget(home: Path) -> bool:
    """Forget the kept sentences; say whether there were any."""
    file = _file(home)
    existed = file.exists()
    file.unlink(missing_ok=True)
    return existed
