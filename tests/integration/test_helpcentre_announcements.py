"""Announcements: who sees them, how they go on, and whether they touch the reader's own money."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.support.diagnosis_evidence import paid, seen, sent
from tests.support.help_door import HelpDesk, help_desk
from tests.support.paper_wallet import PaperWallet
from walletdesk.kit import clock, db
from walletdesk.kit.ids import new_id
from walletdesk.wallet.gateway.model import Evidence, Incident, Reason, Seen, TransactionKind, TransactionState


@pytest.fixture
def wallet() -> PaperWallet:
    return PaperWallet()


@pytest.fixture
async def desk(pool: db.Pool, wallet: PaperWallet) -> AsyncGenerator[HelpDesk]:
    async with help_desk(pool, wallet=wallet) as found:
        yield found


def announcement(**about: Any) -> dict[str, Any]:
    return {
        "kind": "incident", "zh_title": "银行转账变慢", "zh_text": "转账到工商银行比平时慢。",
        "en_title": "Bank transfers are slow", "en_text": "Transfers to one bank take longer.",
        "starts_at": (clock.now() - timedelta(hours=1)).isoformat(), **about,
    }  # fmt: skip


async def announced(desk: HelpDesk, **about: Any) -> str:
    """Announce something; return its id."""
    found = str(new_id())
    _, lead = await desk.staff("supervisor")
    async with lead:
        answer = await lead.put(f"/api/desk/announcements/{found}", json=announcement(**about))
        assert answer.status_code == 200, answer.text
        assert (await lead.post(f"/api/desk/announcements/{found}/publish")).json()["state"] == "published"
    return found


def at(evidence: Evidence, moment: datetime, state: TransactionState, **about: Any) -> Evidence:
    one = replace(evidence.transaction, id=new_id(), created_at=moment, updated_at=moment, state=state, **about)
    return replace(evidence, transaction=one)


async def test_everybody_sees_what_is_published_and_nobody_a_draft(desk: HelpDesk) -> None:
    found = str(new_id())
    _, lead = await desk.staff("supervisor")
    async with lead, desk.client() as reader:
        await lead.put(f"/api/desk/announcements/{found}", json=announcement())
        assert (await reader.get("/api/announcements")).json() == {"announcements": []}
        assert "没有正在进行的维护或故障" in (await reader.get("/status?lang=zh")).text
        assert (await reader.get(f"/status/{found}")).status_code == 404

        await lead.post(f"/api/desk/announcements/{found}/publish")
        await lead.post(f"/api/desk/announcements/{found}/publish")
        [one] = (await reader.get("/api/announcements?lang=en")).json()["announcements"]
        assert (one["title"], one["phase"], one["kind"]) == ("Bank transfers are slow", "now", "incident")
        page = (await reader.get("/status?lang=zh")).text
        assert "银行转账变慢" in page
        assert "影响我吗" in page
        again = await lead.put(f"/api/desk/announcements/{found}", json=announcement())
        assert again.json()["code"] == "helpcentre.announcement_state"
    async with db.reading(desk.pool) as tx:
        names = await tx.fetch("SELECT name FROM kit.event WHERE name LIKE 'Announcement%'")
    assert [row["name"] for row in names] == ["AnnouncementPublished"]


async def test_news_are_told_until_it_is_over_and_then_it_is_shown_as_over(desk: HelpDesk) -> None:
    found = await announced(desk)
    _, lead = await desk.staff("supervisor")
    path = f"/api/desk/announcements/{found}"
    async with lead, desk.client() as reader:
        soon = (clock.now() + timedelta(hours=1)).isoformat()
        news = {"zh": "正在恢复。", "en": "It is coming back.", "expected_end": soon, "next_news_at": soon}
        assert (await lead.post(f"{path}/news", json=news)).json()["news"][0]["en"] == "It is coming back."
        page = (await reader.get("/status?lang=en")).text
        assert "It is coming back." in page
        assert "There will be news by" in page
        assert (await lead.post(f"{path}/end")).json()["state"] == "ended"
        assert (await lead.post(f"{path}/end")).json()["state"] == "ended"
        assert (await lead.post(f"{path}/news", json=news)).json()["code"] == "helpcentre.announcement_state"
        assert (await reader.get("/api/announcements")).json() == {"announcements": []}
        page = (await reader.get("/status?lang=en")).text
        assert "Everything works" in page
        assert "Bank transfers are slow" in page


async def test_what_should_have_ended_says_that_it_takes_longer_and_what_is_planned_that_it_is(desk: HelpDesk) -> None:
    now = clock.now()
    await announced(desk, expected_end=(now - timedelta(minutes=5)).isoformat())
    await announced(
        desk, kind="maintenance", starts_at=(now + timedelta(days=1)).isoformat(),
        expected_end=(now + timedelta(days=1, hours=2)).isoformat(),
    )  # fmt: skip
    async with desk.client() as reader:
        shown = (await reader.get("/api/announcements")).json()["announcements"]
    assert [(one["kind"], one["phase"]) for one in shown] == [("incident", "late"), ("maintenance", "planned")]


async def test_an_announcement_ends_after_it_starts(desk: HelpDesk) -> None:
    _, lead = await desk.staff("supervisor")
    wrong = announcement(expected_end=(clock.now() - timedelta(hours=2)).isoformat())
    async with lead:
        answer = await lead.put(f"/api/desk/announcements/{new_id()}", json=wrong)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (
        422, "helpcentre.end_too_early", "expected_end"
    )  # fmt: skip


async def test_the_readers_own_ledger_says_whether_he_is_touched(desk: HelpDesk, wallet: PaperWallet) -> None:
    found = await announced(desk, kinds=["transfer"])
    customer, browser = await desk.customer()
    now = clock.now()
    wallet.write(
        customer,
        at(sent(), now - timedelta(minutes=20), TransactionState.PENDING),
        at(sent(), now - timedelta(minutes=30), TransactionState.SUCCEEDED),
        at(sent(), now - timedelta(days=1), TransactionState.FAILED),
        at(paid(), now - timedelta(minutes=10), TransactionState.PENDING),
    )
    async with browser, await desk.chatting(customer) as chat:
        mine = (await browser.get(f"/api/wallet/announcements/{found}/mine?lang=en")).json()
        assert mine["answer"] == "yes"
        assert [one["state"] for one in mine["transactions"]] == ["pending"]
        assert "1 of your transactions" in mine["text"]
        assert (await chat.get(f"/api/chat/announcements/{found}/mine")).json()["answer"] == "yes"
        page = (await browser.get(f"/status/{found}?lang=zh")).text
        assert "影响到您的 1 笔交易" in page
        assert wallet.papers[customer][0].transaction.record in page


async def test_whoever_has_nothing_under_way_is_told_so(desk: HelpDesk, wallet: PaperWallet) -> None:
    found = await announced(desk, kinds=["transfer"])
    customer, browser = await desk.customer()
    wallet.write(customer, at(sent(), clock.now() - timedelta(minutes=30), TransactionState.SUCCEEDED))
    async with browser:
        assert (await browser.get(f"/api/wallet/announcements/{found}/mine")).json()["answer"] == "no"


async def test_a_bank_is_told_by_the_evidence_and_where_it_does_not_show_nobody_claims_to_know(
    desk: HelpDesk, wallet: PaperWallet
) -> None:
    found = await announced(desk, banks=["工商银行"])
    now = clock.now()
    for bank, expected in (("工商银行", "yes"), ("建设银行", "no"), (None, "unknown")):
        customer, browser = await desk.customer()
        wallet.write(customer, replace(at(sent(), now, TransactionState.PENDING), bank_name=bank))
        async with browser:
            mine = (await browser.get(f"/api/wallet/announcements/{found}/mine")).json()
        assert mine["answer"] == expected, bank


async def test_what_would_have_failed_all_the_same_is_not_put_down_to_the_disturbance(
    desk: HelpDesk, wallet: PaperWallet
) -> None:
    found = await announced(desk)
    for reason, expected in ((Reason.RAIL_DOWN, "yes"), (Reason.FUNDS, "no"), (None, "unknown")):
        customer, browser = await desk.customer()
        failed = at(sent(), clock.now() - timedelta(minutes=5), TransactionState.FAILED)
        wallet.write(customer, replace(failed, reason=seen(reason) if reason else Seen()))
        async with browser:
            mine = (await browser.get(f"/api/wallet/announcements/{found}/mine")).json()
        assert mine["answer"] == expected, reason


async def test_what_has_not_started_affects_nobody_yet(desk: HelpDesk, wallet: PaperWallet) -> None:
    later = (clock.now() + timedelta(hours=3)).isoformat()
    found = await announced(desk, kind="maintenance", starts_at=later)
    customer, browser = await desk.customer()
    wallet.write(customer, at(sent(), clock.now(), TransactionState.PENDING))
    async with browser:
        assert (await browser.get(f"/api/wallet/announcements/{found}/mine")).json()["answer"] == "planned"
        assert "还没有开始" in (await browser.get(f"/status/{found}?lang=zh")).text


async def test_a_wallet_that_does_not_answer_makes_it_unknown(desk: HelpDesk, wallet: PaperWallet) -> None:
    class Silent(PaperWallet):
        async def transactions(self, *_: Any) -> Any:
            raise ConnectionError

    found = await announced(desk)
    _, browser = await desk.customer()
    desk.app.state.wallet = Silent()
    async with browser:
        assert (await browser.get(f"/api/wallet/announcements/{found}/mine")).json()["answer"] == "unknown"


async def test_a_visitor_sees_nobodys_money(desk: HelpDesk) -> None:
    found = await announced(desk)
    async with desk.client() as visitor:
        assert (await visitor.get(f"/api/wallet/announcements/{found}/mine")).status_code == 401
        assert (await visitor.get(f"/api/chat/announcements/{found}/mine")).status_code == 401
        page = (await visitor.get(f"/status/{found}?lang=en")).text
    assert "Once you are signed in" in page


async def test_what_the_wallet_itself_says_is_disturbed_stands_on_the_page_too(desk: HelpDesk) -> None:
    class Disturbed(PaperWallet):
        async def incidents(self) -> tuple[Incident, ...]:
            return (Incident("incident/1", "rail:card", {"zh": "银行卡通道维护中"}, clock.now(), None),)

    desk.app.state.wallet = Disturbed()
    async with desk.client() as reader:
        page = (await reader.get("/status?lang=en")).text
    assert "银行卡通道维护中" in page
    assert "Everything works" not in page


def test_kinds_of_the_announcement_are_those_of_the_wallet() -> None:
    from typing import get_args  # noqa: PLC0415

    from walletdesk.desk.helpcentre.notices import MovementKind  # noqa: PLC0415

    assert set(get_args(MovementKind)) == {kind.value for kind in TransactionKind}
