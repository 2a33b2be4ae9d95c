"""The command that speaks to the bot as a demo customer: `walletdesk ask`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click
import msgspec

from walletdesk.app.cli import alone
from walletdesk.app.cli.playing import Played, play
from walletdesk.app.context import Context
from walletdesk.app.settings import load
from walletdesk.diagnosis.promises import zone_of
from walletdesk.diagnosis.rendering import facts, remedies
from walletdesk.kit.i18n import Lang, text
from walletdesk.kit.money import Money
from walletdesk.kit.pg import Server

SIGNS = {True: "✓", False: "✗", None: "·"}


@click.command()
@click.option("--as", "persona", required=True, help="Who asks; `walletdesk world personas` lists them.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.argument("turns", nargs=-1, required=True, metavar="TURN [TURN ...]")
def ask(persona: str, turns: tuple[str, ...], *, as_json: bool) -> None:
    """Speak to the bot as a demo customer and print its replies, the finding and its evidence.

    Each TURN is said in one conversation, one after the other; a TURN that is a number or a label chooses an option
    of the last reply. What is asked of the wallet is really done.

    \b
    Example: walletdesk ask --as merchant-silent "我付钱了,商家没收到"
    """
    settings = load()
    by_itself = not settings.database_url and not Server(settings.home).running()

    async def work(context: Context) -> list[Played]:
        return await play(context, persona, turns, alone=by_itself)

    played = alone.run(work)
    if as_json:
        click.echo(msgspec.json.encode({"turns": [plain(one) for one in played]}).decode())
        return
    for one in played:
        for line in lines(one):
            click.echo(line)


# --- for machines ----------------------------------------------------------------------------------------


def plain(played: Played) -> dict[str, Any]:
    """Return a turn in the form that is kept stable for machines."""
    heard = played.understood
    return {
        "said": played.said,
        "intent": heard.intent if heard else None,
        "emergency": heard.emergency if heard else None,
        "decision": heard.decision if heard else None,
        "reply": "\n".join(item.text for item in played.said_by_bot if item.text),
        "cards": [item.body for item in played.said_by_bot if item.body is not None],
        "finding": _plain_finding(played),
        "state": played.state,
    }


def _plain_finding(played: Played) -> dict[str, Any] | None:
    stored = played.finding
    if stored is None:
        return None
    return {
        "number": stored.number,
        "symptom": stored.finding.symptom.value,
        "verdict": stored.finding.verdict,
        "facts": [
            {"name": fact["name"], "value": fact["value"], "record": fact["record"]} for fact in facts(stored, "en")
        ],
        "remedies": [remedy["id"] for remedy in remedies(stored, "en")],
    }


# --- for people --------------------------------------------------------------------------------------------


def lines(played: Played) -> list[str]:
    """Return a turn as it is read in a terminal."""
    lang = lang_of_turn(played)
    found = ["", f"{text(lang, 'bot.ask.said')}: {played.said}"]
    for item in played.items:
        card = item.body or {}
        who = "bot.ask.bot" if item.author.kind == "bot" else "bot.ask.system"
        if card.get("card") == "finding":
            found += _finding_lines(card, played, lang)
        else:
            found.append(f"{text(lang, who)}: {item.text}")
            found += _picker_lines(card)
            if card.get("card") == "article":
                found.append(f"  {card['link']['label']}: {card['link']['href']}")
    found += [f"{text(lang, 'bot.ask.bot')}: {item.text}" for item in played.later]
    if played.tappable:
        found.append(f"{text(lang, 'bot.ask.options')}:")
        found += [f"  {number}. {one.label}" for number, one in enumerate(played.tappable, 1)]
    found.append(f"{text(lang, 'bot.ask.state')}: {text(lang, f'bot.ask.states.{played.state}')}")
    return found


def lang_of_turn(played: Played) -> Lang:
    """Return the language in which the bot has answered: names of shops in the other script do not count for much."""
    said = " ".join(item.text for item in played.said_by_bot)
    chinese = sum("一" <= character <= "鿿" for character in said)
    return "zh" if not said or chinese > len(re.findall("[A-Za-z]+", said)) else "en"


def _finding_lines(card: dict[str, Any], played: Played, lang: Lang) -> list[str]:
    found = [f"{text(lang, 'bot.ask.bot')}: {card['headline']}"]
    zone = _zone(played)
    if (about := card["transaction"]) is not None:
        amount = Money(about["amount"]["minor"], about["amount"]["currency"]).text()
        order = f" · {about['order_no']}" if about["order_no"] else ""
        found.append(f"  {about['name']}  {amount}  {_when(about['at'], zone)}{order}")
    found.append(f"  {text(lang, 'bot.ask.timeline')}")
    found += [
        f"    {SIGNS[step['ok']]} {_when(step['at'], zone)}  {step['text']}  [{step['record']}]"
        for step in card["timeline"]
    ]
    for part in ("money", "next"):
        found.append(f"  {text(lang, f'bot.ask.{part}')}: {card[part]['text']}{_records(card[part]['records'])}")
    found += [
        f"  {text(lang, 'bot.ask.action')}: {one['label']} ({text(lang, 'bot.ask.actions.' + one['state'])})"
        for one in card["actions"]
    ]
    found.append(f"  {text(lang, 'bot.ask.evidence')} {card['evidence_no']} · {card['symptom']} · {card['verdict']}")
    if played.finding is not None and str(played.finding.id) == card["finding_id"]:
        found += [
            f"    {fact['label']}: {fact['text']}{_records([fact['record']])}"
            for fact in facts(played.finding, lang, zone)
        ]
    return found


def _picker_lines(card: dict[str, Any]) -> list[str]:
    if card.get("card") != "picker":
        return []
    return [
        f"    {one['name']}  {one['sign']}{Money(one['amount']['minor'], one['amount']['currency']).text()}"
        f"  {_when(one['at'], 'Asia/Shanghai')}  {one['state']}"
        for one in card["options"]
    ]


def _zone(played: Played) -> str:
    basis = played.finding.finding.basis if played.finding else None
    return basis.situation.zone if basis else "Asia/Shanghai"


def _when(moment: str | None, zone: str) -> str:
    if moment is None:
        return "—"
    return f"{datetime.fromisoformat(moment).astimezone(zone_of(zone)):%m-%d %H:%M:%S}"


def _records(records: Sequence[str | None]) -> str:
    shown = [record for record in records if record]
    return f"  [{', '.join(shown)}]" if shown else ""


COMMANDS = [ask]
