"""The command that teaches the bot an operator's own sentences: `walletdesk train`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import click
import msgspec

from walletdesk.app.settings import load
from walletdesk.bot.understanding import own, promotion, training
from walletdesk.bot.understanding.model import Understander
from walletdesk.bot.understanding.promotion import Trial
from walletdesk.bot.understanding.validation import Validation
from walletdesk.kit.i18n import LANGS
from walletdesk.kit.i18n import text as text_of

_SHARES: Final = (
    "top1", "top3", "human", "emergencies_recall", "emergencies_false", "emergencies_cost", "coverage", "precision",
)  # fmt: skip


class _Compared(msgspec.Struct):
    """One language's shares before and after; its names are a promise to whoever reads it by machine."""

    lang: str
    own_sentences: int
    own_top1: float | None
    before: dict[str, float]
    after: dict[str, float]
    fallen: list[str]


class _Outcome(msgspec.Struct):
    promoted: bool
    sentences: int
    languages: list[_Compared]


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--check", is_flag=True, help="Say what would come of it, and change nothing.")
@click.option("--forget", is_flag=True, help="Forget the sentences learnt before; takes no FILE.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def train(file: Path | None, *, check: bool, forget: bool, as_json: bool) -> None:
    """Teach the bot sentences of your own, unless what it understood until now would suffer.

    FILE is CSV with the columns text, intent and (if wanted) emergency, or JSON lines with these names; it replaces
    the sentences learnt from a file before. Both languages are cross-validated with and without it. Only when no
    share falls the sentences are kept. Ends with 1 when they are not. Needs no database; takes about a minute.

    \b
    Example: walletdesk train our-sentences.csv --check
    """
    home = load().home
    if forget or file is None:
        if file is not None or not forget:
            raise click.UsageError("FILE or --forget")
        click.echo(_said("forgotten" if own.forget(home) else "none_to_forget"))
        return
    sentences = own.read(file.read_bytes(), as_csv=file.suffix.lower() == ".csv")
    english = training.english_words()
    trials = [promotion.attempt(lang, sentences[lang], english) for lang in LANGS]
    fallen = [f"{trial.lang}_{name}" for trial in trials for name in trial.fallen()]
    promoted = not fallen and not check
    if promoted:
        own.keep(home, sentences)
        Understander.keep(home, {trial.lang: trial.model for trial in trials})
    count = sum(map(len, sentences.values()))
    outcome = _Outcome(promoted, count, [_compared(trial) for trial in trials])
    click.echo(msgspec.json.encode(outcome).decode() if as_json else _table(outcome))
    if not as_json:
        key = "not_promoted" if fallen else "promoted" if promoted else "checked"
        click.echo(_said(key, fallen=", ".join(fallen), sentences=count))
    if fallen:
        sys.exit(1)


def _said(key: str, **details: object) -> str:
    from walletdesk.app.cli.main import terminal_lang  # noqa: PLC0415 - main imports this module

    return text_of(terminal_lang(), f"understanding.{key}", **details)


def _compared(trial: Trial) -> _Compared:
    ours = None if trial.own_top1 is None else round(trial.own_top1, 4)
    return _Compared(trial.lang, trial.own, ours, _shares(trial.before), _shares(trial.after), trial.fallen())


def _shares(found: Validation) -> dict[str, float]:
    return {name: round(float(getattr(found, name)), 4) for name in _SHARES}


def _table(outcome: _Outcome) -> str:
    lines = [
        f"{one.lang}  {name:<18}  {one.before[name]:.3f} -> {one.after[name]:.3f}{'  !' if name in one.fallen else ''}"
        for one in outcome.languages
        for name in _SHARES
    ]
    lines += [
        f"{one.lang}  own_top1            {one.own_top1:.3f}  ({one.own_sentences})"
        for one in outcome.languages
        if one.own_top1 is not None
    ]
    return "\n".join(lines)


COMMANDS = [train]
