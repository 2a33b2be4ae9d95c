"""What the guard sees, where people meet it: marks for the staff, dots instead of secrets in the table."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.support.at_desk import queued
from tests.support.desk_door import Desk, desk_door
from tests.support.talking import items_of, said
from walletdesk.kit import clock, db

PHISHING = "他发来 https://walletdesk.example.kefu-cn.top/x 和 https://walletdesk.example/help"


@pytest.fixture
async def desk(pool: db.Pool, database: str, tmp_path: Path) -> AsyncGenerator[Desk]:
    async with desk_door(pool, database, tmp_path) as found:
        yield found


def marks(items: list[dict[str, Any]]) -> list[Any]:
    return [
        [(mark["verdict"], mark["site"], mark["label"]) for mark in item["links"]] for item in items if "links" in item
    ]


async def test_links_are_marked_for_the_staff_over_http_and_on_the_socket_and_for_nobody_else(desk: Desk) -> None:
    mei, bo = await desk.staff(), await desk.staff("Bo", lang="en")
    person = await desk.customer()
    row = await queued(desk.pool, now=clock.now(), person=person)
    async with desk.line(mei) as line:
        await line.send("watch", conversation=row.id, since=0)
        await line.next("items")
        await desk.writer.post(said(row.id, person, PHISHING))
        await desk.writer.post(said(row.id, person, "没有链接,金额 28.50"))
        live = [*(await line.next("items"))["items"], *(await line.next("items"))["items"]]
    async with desk.client(bo, **{"accept-language": "en"}) as client:
        viewed = (await client.get(f"/api/desk/conversations/{row.id}")).json()["items"]
        listed = (await client.get(f"/api/desk/conversations/{row.id}/items")).json()["items"]

    zh = [("dangerous", "kefu-cn.top", "危险"), ("own", "walletdesk.example", "我方")]
    en = [("dangerous", "kefu-cn.top", "dangerous"), ("own", "walletdesk.example", "ours")]
    assert marks(live) == [zh]
    assert marks(viewed) == marks(listed) == [en]
    [marked] = [item for item in listed if "links" in item]
    assert marked["links"][0]["reasons"][0].startswith("the name of walletdesk.example only stands in front")
    assert all(item.links is msgspec.UNSET for item in await items_of(desk.pool, row.id, staff=False))


@pytest.mark.parametrize(
    ("text", "stored", "kind"),
    [
        ("我的密码是abcdef", "我的密码是••••", "secret"),
        ("卡 六二一二 三四五六 七八九零 一二三二", "卡 ••••1232", "card"),
        ("otp is 482 913", "otp is ••••", "secret"),
    ],
)
async def test_secrets_are_dots_before_they_are_stored(desk: Desk, text: str, stored: str, kind: str) -> None:
    person = await desk.customer()
    row = await queued(desk.pool, now=clock.now(), person=person)

    posted = await desk.writer.post(said(row.id, person, text))

    async with db.reading(desk.pool) as tx:
        found = await tx.fetchval("SELECT text FROM conversations.message WHERE id = $1", posted.id)
        last = await tx.fetchval("SELECT last_text FROM conversations.conversation WHERE id = $1", row.id)
    assert posted.hidden
    assert found == stored
    assert text not in last
