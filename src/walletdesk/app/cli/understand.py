"""The command that shows what the bot understands: `walletdesk understand`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import BinaryIO, ClassVar, Final

import click
import msgspec

from walletdesk.app.settings import load
from walletdesk.bot.understanding.model import Understander, Understood
from walletdesk.kit.i18n import text as text_of
from walletdesk.kit.refusal import Kind, Refusal

LINE_BYTES_MAX: Final = 65_536
"""Bytes of one line; the understanding itself looks at the first 4,000 characters of a text."""


class LineTooLong(Refusal):
    """A line is longer than the command reads."""

    kind: ClassVar[Kind] = Kind.TOO_LARGE
    code: ClassVar[str] = "understanding.line_too_long"


class LineNotUtf8(Refusal):
    """A line is no UTF-8."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "understanding.line_not_utf8"


class LineNotJson(Refusal):
    """A line begins like a JSON object and is none, or has no text."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "understanding.line_not_json"


class _Asked(msgspec.Struct):
    text: str


class _Likely(msgspec.Struct):
    intent: str
    score: float


class _Answer(msgspec.Struct):
    """One line of the answer; its names are a promise to whoever reads it by machine."""

    text: str
    lang: str
    intent: str
    score: float
    top: list[_Likely]
    in_scope: bool
    emergency: str | None
    decision: str


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object per line.")
def understand(*, as_json: bool) -> None:
    """Read one text per line, or JSON lines with "text", and say what the bot understands; needs no database.

    Every line gets one line of answer, in order: language, intent with its score, the three likeliest intents,
    whether it is in scope, the emergency beside it, and what the bot would do (answer, offer, human).

    \b
    Example: echo "我付钱了,商家没收到" | walletdesk understand --json
    """
    home = load().home
    if not Understander.trained(home):
        from walletdesk.app.cli.main import terminal_lang  # noqa: PLC0415 - main imports this module

        click.echo(text_of(terminal_lang(), "understanding.training"), err=True)
    understander = Understander.load(home)
    for line in texts_of(sys.stdin.buffer):
        found = understander.understand([line])[0]
        click.echo(_encoded(found) if as_json else _readable(found))
        sys.stdout.flush()


def texts_of(stream: BinaryIO) -> Iterator[str]:
    """Read the texts of a stream, one at a time, so that they can be answered as they come.

    Raises:
        LineTooLong, LineNotUtf8, LineNotJson: With the number of the line.
    """
    number = 0
    while raw := stream.readline(LINE_BYTES_MAX + 1):
        number += 1
        if len(raw) > LINE_BYTES_MAX:
            raise LineTooLong(line=number, allowed=LINE_BYTES_MAX)
        try:
            line = raw.decode("utf-8").removeprefix("\ufeff").strip("\r\n")
        except UnicodeDecodeError as error:
            raise LineNotUtf8(line=number, byte=error.start + 1) from error
        yield _asked(line, number) if line.lstrip().startswith("{") else line


def _asked(line: str, number: int) -> str:
    try:
        return msgspec.json.decode(line, type=_Asked).text
    except msgspec.DecodeError as error:
        raise LineNotJson(line=number, reason=str(error)) from error


def _encoded(found: Understood) -> str:
    top = [_Likely(name, score) for name, score in found.top]
    answer = _Answer(
        found.text, found.lang, found.intent, found.score, top, found.in_scope, found.emergency, found.decision
    )
    return msgspec.json.encode(answer).decode()


def _readable(found: Understood) -> str:
    likely = "  ".join(f"{name} {score:.2f}" for name, score in found.top)
    alarm = f"  !{found.emergency}" if found.emergency else ""
    return f"{found.decision:<6}  [{found.lang}]  {likely}{alarm}  | {found.text}"


COMMANDS = [understand]
