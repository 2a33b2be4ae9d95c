"""The public pages: readable by everybody, without a script."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.conftest import NOON
from tests.support.help_door import URL, HelpDesk, help_desk
from tests.support.paper_wallet import PaperWallet
from walletdesk.desk.helpcentre.actions import packaging
from walletdesk.desk.helpcentre.http import pages
from walletdesk.desk.helpcentre.packaged import all_packaged
from walletdesk.kit import db, limits

ROOT = Path(__file__).resolve().parents[2]
VOID = {"meta", "link", "input", "br", "hr", "img"}


@pytest.fixture(scope="module")
async def door(shared_pool: db.Pool) -> AsyncGenerator[HelpDesk]:
    async with db.transaction(shared_pool) as tx:
        await packaging.load(tx, all_packaged(), now=NOON)
    async with help_desk(shared_pool, wallet=PaperWallet()) as found:
        yield found


class Checked(HTMLParser):
    """Reads a page as a screen reader would: that it is well formed, labelled, and free of scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.labelled: list[str] = []
        self.inputs: list[str] = []
        self.lang: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        assert tag not in ("script", "style", "iframe"), tag
        assert not any(name.startswith("on") or name == "style" for name in found), found
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "html":
            self.lang = found.get("lang")
        if "id" in found:
            self.ids.append(str(found["id"]))
        if tag == "input" and found.get("type") != "hidden":
            self.inputs.append(str(found.get("id")))
        if tag == "label":
            self.labelled.append(str(found.get("for")))
        self.labelled += str(found.get("aria-labelledby") or "").split()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def checked(page: str) -> Checked:
    found = Checked()
    found.feed(page)
    assert found.open == []
    assert found.headings[0] == 1
    assert found.headings.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(found.headings, found.headings[1:], strict=False)), found.headings
    assert len(set(found.ids)) == len(found.ids)
    assert set(found.inputs) <= set(found.labelled)
    assert {one for one in found.labelled if one != "q"} <= set(found.ids)
    return found


@pytest.mark.parametrize(
    "path",
    ["/help", "/help?q=付款失败", "/help?q=xyzzyx", "/help/pay-failed", "/help/no-such-page", "/help?size=large",
     "/status"],
)
async def test_every_page_can_be_read_without_a_script(door: HelpDesk, path: str) -> None:
    async with door.client() as client:
        for lang in ("zh", "en"):
            answer = await client.get(path, headers={"accept-language": lang})
            assert answer.headers["content-type"].startswith("text/html")
            assert checked(answer.text).lang == {"zh": "zh-CN", "en": "en"}[lang]
            assert "script-src" not in answer.headers["content-security-policy"]
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            assert "unsafe" not in answer.headers["content-security-policy"]


async def test_the_language_is_the_browsers_until_the_reader_says_otherwise(door: HelpDesk) -> None:
    async with door.client() as client:
        english = (await client.get("/help", headers={"accept-language": "en-GB,zh;q=0.5"})).text
        assert "What do you need help with?" in english
        assert "/help/pay-failed" in english
        chosen = (await client.get("/help?lang=zh", headers={"accept-language": "en"})).text
        assert "需要什么帮助" in chosen
        assert "/help/pay-failed?lang=zh" in chosen


async def test_large_type_stays_chosen(door: HelpDesk) -> None:
    async with door.client() as client:
        page = (await client.get("/help?size=large&lang=en")).text
    assert 'data-type="22"' in page
    assert "/help/pay-failed?lang=en&amp;size=large" in page


async def test_an_unknown_article_is_a_page_that_says_so(door: HelpDesk) -> None:
    async with door.client() as client:
        answer = await client.get("/help/no-such-page")
    assert answer.status_code == 404
    assert "没有这个页面" in answer.text


async def test_a_question_is_shown_as_it_was_typed_and_never_as_markup(door: HelpDesk) -> None:
    async with door.client() as client:
        page = (await client.get("/help", params={"q": "<script>alert(1)</script> 付款失败"})).text
    checked(page)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


async def test_search_answers_pages_that_ask_by_themselves(door: HelpDesk) -> None:
    async with door.client() as client:
        found = (await client.get("/api/help/search", params={"q": "declined payment", "lang": "en"})).json()
    assert found["results"][0]["slug"] == "pay-failed"
    assert found["results"][0]["opening"]


async def test_a_reader_says_once_whether_he_was_helped_and_may_change_his_mind(pool: db.Pool) -> None:
    async with db.transaction(pool) as tx:
        await packaging.load(tx, all_packaged(), now=NOON)
    async with help_desk(pool) as desk, desk.client(origin=URL, host="help.example") as client:
        for helped in ("yes", "yes", "no"):
            answer = await client.post("/help/pay-failed/vote", data={"helped": helped, "lang": "en"})
            assert answer.status_code == 303
            assert answer.headers["location"] == f"/help/pay-failed?voted={helped}&lang=en#helped"
        page = (await client.get(answer.headers["location"].partition("#")[0])).text
        assert "Support can take it from here" in page
        assert 'name="helped"' not in page
    async with db.reading(pool) as tx:
        rows = await tx.fetch("SELECT lang, helped, voter FROM helpcentre.vote")
    assert [(row["lang"], row["helped"]) for row in rows] == [("en", False)]
    assert b"127.0.0.1" not in rows[0]["voter"]


async def test_a_reader_who_is_signed_in_can_vote_too_and_other_sites_cannot(door: HelpDesk) -> None:
    cookie = {"cookie": "wd_wallet=whoever"}
    async with door.client(host="help.example", **cookie) as client:
        form = {"helped": "sure"}
        assert (await client.post("/help/pay-failed/vote", data=form, headers={"origin": URL})).status_code == 422
        form = {"helped": "yes"}
        foreign = await client.post("/help/pay-failed/vote", data=form, headers={"origin": "https://evil.example"})
        assert foreign.json()["code"] == "kit.foreign_origin"
        assert (await client.post("/help/no-such-page/vote", data=form, headers={"origin": URL})).status_code == 404


def test_the_public_pages_wear_the_tokens_of_every_surface() -> None:
    here = ROOT / "src" / "walletdesk" / "desk" / "helpcentre" / "looks" / "tokens.css"
    assert here.read_text() == (ROOT / "web" / "tokens" / "tokens.css").read_text()


async def test_the_style_sheet_may_be_kept_because_its_address_changes_with_it(door: HelpDesk) -> None:
    async with door.client() as client:
        page = (await client.get("/help")).text
        address = re.search(r'href="(/help\.css\?v=[0-9a-f]+)"', page)
        assert address
        answer = await client.get(address[1])
    assert "immutable" in answer.headers["cache-control"]
    assert "--primary" in answer.text


async def test_who_searches_too_fast_is_told_so_on_a_page(door: HelpDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "_searches", limits.Buckets(burst=1, per_seconds=60))
    async with door.client() as client:
        await client.get("/help?q=付款失败")
        answer = await client.get("/help?q=付款失败&lang=en")
    assert answer.status_code == 429
    checked(answer.text)
    assert "please try again in a moment" in answer.text
