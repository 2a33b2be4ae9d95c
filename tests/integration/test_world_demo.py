"""The demo as a newcomer meets it: filled once, with ways in that work, and a list of whom to be."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from walletdesk.app import demo
from walletdesk.app.cli import main
from walletdesk.app.context import open_context
from walletdesk.app.settings import Settings
from walletdesk.kit import clock, db
from walletdesk.people import actions as people
from walletdesk.people import queries as people_queries
from walletdesk.world.personas import PERSONAS


async def test_the_demo_is_filled_once_and_opens_its_doors(database: str, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url=database, demo_customers_count=8, demo_history_days=7)
    context = await open_context(settings, size_max=8)
    told: list[tuple[str, str]] = []
    try:
        await demo.fill(context, tell=lambda key, done: told.append((key, done)))
        first = len(told)
        await demo.fill(context, tell=lambda key, done: told.append((key, done)))
        ways = dict(await demo.links(context))
        async with db.transaction(context.pool) as tx:
            customer = await people.sign_in_by_link(
                tx, ways["chat_as"].removeprefix("/w/"), door="wallet", now=clock.now()
            )
            staff = [
                await people.sign_in_by_link(tx, ways[key].removeprefix("/sign-in/"), door="staff", now=clock.now())
                for key in ("agent_as", "supervisor_as")
            ]
            persona = await people_queries.find_persona(tx, "merchant-silent")
    finally:
        await context.pool.close()
        await context.client.aclose()

    assert first == len(told) > 1
    assert {key for key, _ in told} == {"world"}
    assert persona is not None
    assert customer[1].id == persona.id
    assert ["supervisor" in who.roles for _, who in staff] == [False, True]
    assert ways["visitor"] == "/chat"


def test_whom_one_can_be_is_listed_with_a_sentence_to_try() -> None:
    found = CliRunner().invoke(main, ["world", "personas", "--json"], env={"LC_ALL": "zh_CN.UTF-8"})
    plain = CliRunner().invoke(main, ["world", "personas"], env={"LC_ALL": "C.UTF-8"})

    rows = json.loads(found.output)["personas"]
    assert (found.exit_code, plain.exit_code) == (0, 0)
    assert [row["persona"] for row in rows] == [persona.name for persona in PERSONAS]
    assert rows[0]["say"] == "我付钱了,商家没收到"
    assert 'walletdesk ask --as merchant-silent "I paid but the shop says it got nothing"' in plain.output
