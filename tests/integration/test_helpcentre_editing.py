"""Writing, reviewing and publishing: who may what, and what readers see of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import asyncpg
import pytest

from tests.conftest import NOON
from tests.support.help_door import HelpDesk, help_desk
from walletdesk.desk.helpcentre.actions import packaging
from walletdesk.desk.helpcentre.http import announcing, editing
from walletdesk.desk.helpcentre.packaged import all_packaged
from walletdesk.kit import db
from walletdesk.people.model import PERMISSIONS

ROLES = ("agent", "supervisor", "compliance", "engineer")
TEXT = {"title": "How to fold a wallet", "body": "Fold it **once**.", "reviewed_on": "2026-01-05",
        "stale_on": "2026-07-05"}  # fmt: skip


@pytest.fixture
async def desk(pool: db.Pool) -> AsyncGenerator[HelpDesk]:
    async with help_desk(pool) as found:
        yield found


async def begun(client: Any, slug: str = "fold-a-wallet", **about: Any) -> str:
    answer = await client.post("/api/desk/help/articles", json={"slug": slug, "topic": "service", **about})
    assert answer.status_code == 201, answer.text
    return f"/api/desk/help/articles/{answer.json()['id']}"


async def test_a_text_is_shown_only_after_somebody_else_has_looked_at_it(desk: HelpDesk) -> None:
    _, writer = await desk.staff("supervisor")
    _, reviewer = await desk.staff("supervisor")
    async with writer, reviewer, desk.client() as reader:
        article = await begun(writer)
        draft = await writer.put(f"{article}/en", json=TEXT)
        assert (draft.status_code, draft.json()["state"], draft.json()["version"]) == (200, "draft", 1)
        assert (await reader.get("/help/fold-a-wallet?lang=en")).status_code == 404
        assert (await writer.post(f"{article}/en/publish")).json()["code"] == "helpcentre.version_missing"
        assert (await writer.post(f"{article}/en/submit")).json()["state"] == "review"
        assert (await writer.put(f"{article}/en", json=TEXT)).json()["code"] == "helpcentre.under_review"

        own = await writer.post(f"{article}/en/publish")
        assert (own.status_code, own.json()["code"]) == (403, "helpcentre.four_eyes")
        assert (await reviewer.post(f"{article}/en/publish")).json()["state"] == "published"

        page = await reader.get("/help/fold-a-wallet?lang=en")
        assert "Fold it <strong>once</strong>." in page.text
        found = await reader.get("/api/help/search", params={"q": "fold wallet", "lang": "en"})
        assert [one["slug"] for one in found.json()["results"]] == ["fold-a-wallet"]


async def test_whoever_has_written_in_a_draft_is_one_of_its_authors_and_publishes_it_not(desk: HelpDesk) -> None:
    _, first = await desk.staff("agent")
    _, second = await desk.staff("supervisor")
    async with first, second:
        article = await begun(first)
        seen = (await first.put(f"{article}/en", json=TEXT)).json()["updated_at"]
        assert (await second.put(f"{article}/en", json={**TEXT, "seen_at": seen})).status_code == 200
        late = await first.put(f"{article}/en", json={**TEXT, "seen_at": seen})
        assert late.json()["code"] == "helpcentre.draft_changed"
        await first.post(f"{article}/en/submit")
        assert (await second.post(f"{article}/en/publish")).json()["code"] == "helpcentre.four_eyes"


async def test_the_database_too_refuses_what_nobody_else_has_looked_at(pool: db.Pool, desk: HelpDesk) -> None:
    _, writer = await desk.staff("agent")
    async with writer:
        await writer.put(f"{await begun(writer)}/en", json=TEXT)
    for change in ("reviewer_id = authors[1], ", ""):
        with pytest.raises(asyncpg.CheckViolationError):
            async with pool.acquire() as connection:
                await connection.execute(
                    f"UPDATE helpcentre.version SET {change} state = 'published', published_at = now()"
                )


async def test_a_text_that_is_sent_back_says_why_and_can_be_written_again(desk: HelpDesk) -> None:
    _, writer = await desk.staff("agent")
    _, reviewer = await desk.staff("compliance")
    async with writer, reviewer:
        article = await begun(writer)
        await writer.put(f"{article}/en", json=TEXT)
        await writer.post(f"{article}/en/submit")
        assert (await writer.post(f"{article}/en/send-back", json={"note": "x"})).status_code == 403
        back = (await reviewer.post(f"{article}/en/send-back", json={"note": "Which pocket?"})).json()
        assert (back["state"], back["note"]) == ("draft", "Which pocket?")
        again = await writer.put(f"{article}/en", json={**TEXT, "seen_at": back["updated_at"]})
        assert again.json()["version"] == 1


async def test_a_new_version_takes_the_place_of_the_old_and_what_is_retired_is_found_no_more(desk: HelpDesk) -> None:
    _, writer = await desk.staff("agent")
    _, reviewer = await desk.staff("supervisor")
    async with writer, reviewer, desk.client() as reader:
        article = await begun(writer)
        for body in ("Fold it once.", "Roll it."):
            await writer.put(f"{article}/en", json={**TEXT, "body": body})
            await writer.post(f"{article}/en/submit")
            assert (await reviewer.post(f"{article}/en/publish")).status_code == 200
        versions = (await writer.get(article)).json()["versions"]
        assert [(one["version"], one["state"]) for one in versions] == [(2, "published"), (1, "retired")]
        assert "Roll it." in (await reader.get("/help/fold-a-wallet?lang=en")).text
        assert (await reviewer.post(f"{article}/en/retire")).json()["state"] == "retired"
        assert (await reader.get("/help/fold-a-wallet?lang=en")).status_code == 404
        found = await reader.get("/api/help/search", params={"q": "roll wallet", "lang": "en"})
        assert found.json()["results"] == []


async def test_what_the_staff_has_published_or_taken_down_no_upgrade_brings_back(pool: db.Pool, desk: HelpDesk) -> None:
    async with db.transaction(pool) as tx:
        await packaging.load(tx, all_packaged()[:4], now=NOON)
    _, writer = await desk.staff("agent")
    _, reviewer = await desk.staff("supervisor")
    async with writer, reviewer:
        rows = (await writer.get("/api/desk/help/articles")).json()["articles"]
        first, second = (f"/api/desk/help/articles/{row['id']}/{row['lang']}" for row in rows[:2])
        await writer.put(first, json=TEXT)
        await writer.post(f"{first}/submit")
        await reviewer.post(f"{first}/publish")
        await reviewer.post(f"{second}/retire")
    async with db.transaction(pool) as tx:
        assert await packaging.load(tx, all_packaged()[:4], now=NOON) == 0


async def test_a_stale_text_says_so_to_readers_and_editors(desk: HelpDesk) -> None:
    _, writer = await desk.staff("agent")
    _, reviewer = await desk.staff("supervisor")
    async with writer, reviewer, desk.client() as reader:
        article = await begun(writer)
        await writer.put(f"{article}/en", json={**TEXT, "reviewed_on": "2020-01-01", "stale_on": "2020-06-01"})
        await writer.post(f"{article}/en/submit")
        await reviewer.post(f"{article}/en/publish")
        assert "may be out of date" in (await reader.get("/help/fold-a-wallet?lang=en")).text
        assert [row["stale"] for row in (await writer.get("/api/desk/help/articles")).json()["articles"]] == [True]


WRONG: list[tuple[dict[str, Any], str | None, str]] = [
    ({"title": ""}, None, "kit.body_invalid"),
    ({"title": "   "}, "title", "helpcentre.text_invalid"),
    ({"body": "x" * 20_001}, None, "kit.body_invalid"),
    ({"body": "a\0b"}, "body", "helpcentre.text_invalid"),
    ({"stale_on": "2026-01-05"}, "stale_on", "helpcentre.stale_too_early"),
    ({"stale_on": "soon"}, None, "kit.body_invalid"),
    ({"owner": "me"}, None, "kit.body_invalid"),
]


async def test_a_text_that_cannot_be_is_refused_by_its_field_and_changes_nothing(desk: HelpDesk) -> None:
    _, writer = await desk.staff("agent")
    async with writer:
        article = await begun(writer)
        for change, field, code in WRONG:
            answer = await writer.put(f"{article}/en", json={**TEXT, **change})
            assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
            assert field is None or answer.json()["field"] == field
        assert (await writer.get(article)).json()["versions"] == []


async def test_an_article_of_the_staffs_for_an_intent_stays_the_one_that_answers_it(
    pool: db.Pool, desk: HelpDesk
) -> None:
    _, writer = await desk.staff("agent")
    async with writer:
        await begun(writer, intent="fees")
    async with db.transaction(pool) as tx:
        loaded = await packaging.load(tx, all_packaged(), now=NOON)
    assert loaded == len(all_packaged()) - 2


async def test_an_address_and_an_intent_belong_to_one_article(desk: HelpDesk) -> None:
    _, writer = await desk.staff("agent")
    async with writer:
        await begun(writer, intent="fold")
        same = await writer.post("/api/desk/help/articles", json={"slug": "fold-a-wallet", "topic": "pay"})
        assert (same.status_code, same.json()["code"]) == (409, "helpcentre.slug_taken")
        other = {"slug": "fold-it", "topic": "pay", "intent": "fold"}
        assert (await writer.post("/api/desk/help/articles", json=other)).json()["code"] == "helpcentre.intent_taken"
        bad = await writer.post("/api/desk/help/articles", json={"slug": "Fold It", "topic": "pay"})
        assert bad.status_code == 422
        assert (await writer.get(f"/api/desk/help/articles/{'0' * 8}-0000-7000-8000-{'0' * 12}")).status_code == 404


async def test_a_preview_is_what_readers_will_see_and_is_not_kept(desk: HelpDesk) -> None:
    _, writer = await desk.staff("agent")
    async with writer:
        seen = (await writer.post("/api/desk/help/preview", json={"body": "# A\n\nB <i>c</i>\n\n1. d"})).json()
    assert seen == {
        "html": "<h2>A</h2>\n<p>B &lt;i&gt;c&lt;/i&gt;</p>\n<ol>\n<li>d</li>\n</ol>\n", "lines": ["B <i>c</i>", "1. d"]
    }  # fmt: skip


async def test_what_nobody_has_answered_is_counted_masked_and_listed(pool: db.Pool, desk: HelpDesk) -> None:
    async with db.transaction(pool) as tx:
        await packaging.load(tx, all_packaged(), now=NOON)
    _, editor = await desk.staff("agent")
    async with desk.client() as reader, editor:
        for question in ("zebra insurance for 13800138000", "Zebra  insurance for 13912345678", "付款失败", "?", "a"):
            await reader.get("/help", params={"q": question, "lang": "en"})
        gaps = (await editor.get("/api/desk/help/gaps")).json()["gaps"]
        assert [(one["question"], one["searches"], one["chats"]) for one in gaps] == [("zebra insurance for #", 2, 0)]
        gap = f"/api/desk/help/gaps/{gaps[0]['id']}"
        assert (await editor.post(gap, json={"state": "answered"})).json()["code"] == "helpcentre.article_missing"
        assert (await editor.post(gap, json={"state": "dismissed"})).json()["state"] == "dismissed"
        await reader.get("/help", params={"q": "zebra insurance", "lang": "en"})
        await reader.get("/help", params={"q": "zebra insurance for 1", "lang": "en"})
        assert [one["question"] for one in (await editor.get("/api/desk/help/gaps")).json()["gaps"]] == [
            "zebra insurance"
        ]


async def test_each_role_gets_through_the_doors_of_its_permissions_and_no_other(desk: HelpDesk) -> None:
    browsers = {role: (await desk.staff(role))[1] for role in ROLES}
    for handler in (*editing.ROUTES, *announcing.ROUTES):
        permission = handler.opt["permission"]
        assert permission in ("desk.read", "desk.edit", "desk.publish", "desk.announce")
        [path], [method] = handler.paths, {m for m in handler.http_methods if m != "OPTIONS"}
        some = "00000000-0000-7000-8000-000000000000"
        for name in ("article_id", "gap_id", "announcement_id"):
            path = path.replace(f"{{{name}:uuid}}", some)
        path = path.replace("{language:str}", "en")
        async with desk.client() as nobody:
            assert (await nobody.request(method, path)).status_code == 401, path
        for role, client in browsers.items():
            answer = await client.request(method, path, json=None if method == "GET" else {})
            assert (answer.status_code == 403) is (permission not in PERMISSIONS[role]), (role, path, answer.text)
    for client in browsers.values():
        await client.aclose()


async def test_two_reviewers_at_once_publish_once_and_two_starts_at_once_load_once(
    pool: db.Pool, desk: HelpDesk
) -> None:
    async def load() -> int:
        async with db.transaction(pool) as tx:
            return await packaging.load(tx, all_packaged()[:6], now=NOON)

    assert sorted(await asyncio.gather(load(), load())) == [0, 6]
    _, writer = await desk.staff("agent")
    reviewers = [(await desk.staff("supervisor"))[1] for _ in range(3)]
    async with writer:
        article = await begun(writer)
        await writer.put(f"{article}/en", json=TEXT)
        await writer.post(f"{article}/en/submit")
        answers = await asyncio.gather(*(one.post(f"{article}/en/publish") for one in reviewers))
        assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    for one in reviewers:
        await one.aclose()
