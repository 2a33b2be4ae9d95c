"""`walletdesk ask`: the whole way from a sentence to the ledger and back, on the demo's world."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from click.testing import CliRunner

from tests.support.talking import row_of
from tests.support.world_home import TODAY
from walletdesk.app.cli import ask
from walletdesk.app.cli.main import main
from walletdesk.app.cli.playing import Played, Stage, Tappable, chosen, tappable_of
from walletdesk.bot.understanding.model import Understander
from walletdesk.desk.conversations.model import Item, ItemAuthor, State
from walletdesk.guard.links import NOTHING_SET
from walletdesk.kit import clock, db
from walletdesk.kit.i18n import lang_of
from walletdesk.people import queries as people
from walletdesk.wallet.gateway.embedded import EmbeddedWallet
from walletdesk.wallet.reference.rails.client import Outside
from walletdesk.world.outside.serve import client_in_process, make_outside
from walletdesk.world.personas import PERSONAS, find_persona

FORM = {"said", "intent", "emergency", "decision", "reply", "cards", "finding", "state"}

Asks = Callable[..., Any]


@pytest.fixture
def running_clock() -> Iterator[None]:
    with clock.using(clock.SteadyClock(TODAY)):
        yield


@pytest.fixture
async def asks(world: db.Pool, understander: Understander, running_clock: None) -> AsyncGenerator[Asks]:
    """Speak as a persona; the demo's banks and shops are in this process."""
    async with client_in_process(make_outside(world)) as client:
        wallet = EmbeddedWallet(world, Outside(client))

        async def speak(persona: str, *turns: str) -> list[Played]:
            async with db.reading(world) as tx:
                customer = await people.find_persona(tx, persona)
            assert customer is not None
            stage = Stage(world, wallet, understander, policy=NOTHING_SET, alone=True)
            speak.conversation = stage.conversation  # type: ignore[attr-defined]
            return await stage.play(customer, turns)

        yield speak


async def test_the_shop_that_got_nothing_is_told_again_by_one_tap(asks: Asks) -> None:
    first, second = await asks("merchant-silent", "我付钱了,商家没收到", "重新通知商家")

    asked = ask.plain(first)
    assert set(asked) == FORM
    assert (asked["intent"], asked["emergency"], asked["decision"]) == ("merchant_not_received", None, "answer")
    assert (asked["finding"]["symptom"], asked["finding"]["verdict"]) == ("MERCHANT_NOT_RECEIVED", "RENOTIFY")
    assert all(set(fact) == {"name", "value", "record"} for fact in asked["finding"]["facts"])
    assert any(fact["record"] for fact in asked["finding"]["facts"])
    assert asked["state"] == "wait_third"
    assert asked["cards"][0]["card"] == "finding"
    told = ask.plain(second)
    assert told["intent"] is None
    assert told["finding"]["verdict"] == "GIVE_PROOF"
    assert told["cards"][0]["actions"][0] == {**told["cards"][0]["actions"][0], "state": "done"}
    assert told["state"] == "wait_cust"


@pytest.mark.parametrize("persona", [one.name for one in PERSONAS])
async def test_every_persona_is_told_what_is_the_matter(asks: Asks, persona: str) -> None:
    one = find_persona(persona)

    [played] = await asks(persona, one.say(lang_of(one.locale)))

    found = ask.plain(played)["finding"]
    assert found is not None, ask.plain(played)["reply"]
    assert (found["symptom"], found["verdict"]) == (one.symptom, one.verdict)


async def test_in_the_other_language_it_is_the_same_finding(asks: Asks) -> None:
    [played] = await asks("merchant-silent", "I paid but the shop says it got nothing")

    said = ask.plain(played)
    assert said["finding"]["verdict"] == "RENOTIFY"
    assert not any("一" <= c <= "鿿" for c in said["cards"][0]["headline"].replace("街角咖啡", ""))


async def test_a_person_is_called_from_a_terminal_too_and_nobody_is_left_waiting(asks: Asks, world: db.Pool) -> None:
    played = await asks("paid-but-failed", "转人工", "在吗")

    assert [ask.plain(one)["state"] for one in played] == ["queued", "queued"]
    assert ask.plain(played[0])["decision"] == "human"
    row = await row_of(world, asks.conversation)  # type: ignore[attr-defined]
    assert (row.state, row.owed_since, row.debt_kind) == (State.RESOLVED, None, None)


async def test_the_same_persona_may_ask_as_often_as_one_likes(asks: Asks) -> None:
    for _ in range(7):
        [played] = await asks("transfer-pending", "转账没到账")
        assert ask.plain(played)["finding"]["verdict"] == find_persona("transfer-pending").verdict


async def test_what_a_terminal_shows_names_its_records(asks: Asks) -> None:
    shown = "\n".join(ask.lines((await asks("merchant-silent", "我付钱了,商家没收到"))[0]))

    assert "✓" in shown
    assert "✗" in shown
    assert "[entry/" in shown
    assert "E-" in shown
    assert "1. 重新通知商家" in shown


async def test_a_turn_may_be_a_number(asks: Asks) -> None:
    _, second = await asks("merchant-silent", "我付钱了,商家没收到", "2")

    assert ask.plain(second)["state"] == "queued"


# --- options ------------------------------------------------------------------------------------------------


def item(body: dict[str, Any]) -> Item:
    return Item(1, uuid4(), "card", ItemAuthor("bot", None), "", body, None, TODAY)


def test_options_are_counted_over_all_cards_of_an_answer() -> None:
    finding = {"card": "finding", "actions": [{"id": "command:x", "label": "A", "state": "offered"}]}
    done = {"card": "safety", "actions": [{"id": "command:y", "label": "B", "state": "done"}]}
    choices = {"card": "choices", "options": [{"id": "human", "label": "转人工"}]}
    picker = {
        "card": "picker", "options": [{"id": "t1", "name": "街角咖啡"}], "none": {"id": "none", "label": "都不是"},
    }  # fmt: skip

    found = tappable_of([item(finding), item(done), item(choices), item(picker)])

    assert [one.option for one in found] == ["command:x", "human", "t1", "none"]


@pytest.mark.parametrize(
    ("said", "option"),
    [("1", "command:x"), ("a", "command:x"), ("x", "command:x"), ("HUMAN", "human"), ("3", None), ("0", None)],
)
def test_a_turn_chooses_by_number_label_or_id(said: str, option: str | None) -> None:
    there = [Tappable(uuid4(), "command:x", "A"), Tappable(uuid4(), "human", "转人工")]

    found = chosen(said, there)

    assert (found.option if found else None) == option


# --- the command -----------------------------------------------------------------------------------------------


def test_an_unknown_persona_is_refused_with_its_code(database: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(
        main,
        ["ask", "--as", "nobody", "你好"],
        env={"WALLETDESK_DATABASE_URL": database, "WALLETDESK_HOME": str(tmp_path / "home"), "LC_ALL": "C.UTF-8"},
    )

    assert result.exit_code == 1
    assert "people.persona_unknown" in result.output


def test_without_a_turn_there_is_nothing_to_ask() -> None:
    assert CliRunner().invoke(main, ["ask", "--as", "elder"]).exit_code == 2


def test_the_json_form_can_be_written(understander: Understander) -> None:
    played = Played("你好", understander.understand(["你好"])[0], [], "wait_cust")

    assert set(msgspec.json.decode(msgspec.json.encode(ask.plain(played)))) == FORM
