"""Search finds its article by words, typo, pinyin and traditional script."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from tests.conftest import NOON
from walletdesk.desk.helpcentre.actions import finding, packaging
from walletdesk.desk.helpcentre.model import Packaged, Text, Topic
from walletdesk.desk.helpcentre.packaged import all_packaged
from walletdesk.kit import db
from walletdesk.kit.i18n import Lang


@pytest.fixture(scope="session")
async def filled(shared_pool: db.Pool) -> db.Pool:
    """The packaged articles, committed once for the tests that only read them."""
    async with db.transaction(shared_pool) as tx:
        await packaging.load(tx, all_packaged(), now=NOON)
    return shared_pool


async def found(tx: db.Tx, question: str, lang: Lang = "zh") -> list[str]:
    return [hit.slug for hit in await finding.search(tx, question, lang)]


def _packaged(slug: str, title: str, body: str, lang: Lang = "en") -> Packaged:
    return Packaged(slug, None, Topic.PAY, lang, Text(title, body, "", date(2026, 1, 1), date(2026, 7, 1)), slug)


@pytest.mark.parametrize(
    ("question", "lang", "slug"),
    [
        ("付款失败", "zh", "pay-failed"),
        ("商家没有收到我付的钱怎么办", "zh", "merchant-not-received"),
        ("怎么给朋友转账", "zh", "transfer-howto"),
        ("银行卡充值", "zh", "topup-howto"),
        ("my payment was declined", "en", "pay-failed"),
        ("how do I send money to a friend", "en", "transfer-howto"),
    ],
)
async def test_a_question_finds_its_article(
    filled: db.Pool, tx: db.Tx, question: str, lang: Lang, slug: str
) -> None:
    assert (await found(tx, question, lang))[0] == slug


@pytest.mark.parametrize(
    ("question", "lang", "slug"),
    [
        ("富款湿败", "zh", "pay-failed"),  # homophones, as pinyin keyboards write them
        ("商家没守到", "zh", "merchant-not-received"),
        ("怎么转帐", "zh", "transfer-howto"),
        ("paymnet declned", "en", "pay-failed"),  # a slip of the keyboard
        ("how to tranfser mony", "en", "transfer-howto"),
    ],
)
async def test_a_typo_finds_its_article(filled: db.Pool, tx: db.Tx, question: str, lang: Lang, slug: str) -> None:
    assert slug in (await found(tx, question, lang))[:2]


@pytest.mark.parametrize(
    ("question", "slug"),
    [
        ("fukuan shibai", "pay-failed"),
        ("shangjia mei shoudao qian", "merchant-not-received"),
        ("zenme zhuanzhang", "transfer-howto"),
        ("yinhangka chongzhi", "topup-howto"),
    ],
)
async def test_pinyin_finds_its_article(filled: db.Pool, tx: db.Tx, question: str, slug: str) -> None:
    assert slug in (await found(tx, question))[:2]


@pytest.mark.parametrize(
    ("question", "slug"),
    [
        ("付款失敗", "pay-failed"),
        ("商家說沒收到錢", "merchant-not-received"),
        ("怎麼轉帳給朋友", "transfer-howto"),
        ("銀行卡儲值充值", "topup-howto"),
    ],
)
async def test_traditional_script_finds_its_article(filled: db.Pool, tx: db.Tx, question: str, slug: str) -> None:
    assert (await found(tx, question))[0] == slug


async def test_what_has_nothing_to_do_with_a_wallet_finds_nothing(filled: db.Pool, tx: db.Tx) -> None:
    for question in ("今晚的球赛几点开始", "recipe for sourdough bread", "??!", "", "\u200b\u0000", "🙂🙂"):
        assert await found(tx, question) == [], question


async def test_a_question_without_end_is_answered_by_its_beginning(filled: db.Pool, tx: db.Tx) -> None:
    assert (await found(tx, "付款失败怎么办" + "啊" * 50_000))[0] == "pay-failed"


async def test_a_chinese_question_finds_articles_for_who_reads_english(filled: db.Pool, tx: db.Tx) -> None:
    hits = await finding.search(tx, "付款失败", "en")
    assert (hits[0].slug, hits[0].lang) == ("pay-failed", "en")


async def test_what_is_loaded_again_changes_nothing_and_what_has_changed_is_published_anew(tx: db.Tx) -> None:
    first = _packaged("umbrella-lost", "Lost umbrella", "Look under the chair.")
    assert await packaging.load(tx, [first], now=NOON) == 1
    assert await packaging.load(tx, [first], now=NOON) == 0
    second = replace(_packaged("umbrella-lost", "Lost umbrella", "Ask the zookeeper."), digest="other")
    assert await packaging.load(tx, [second], now=NOON) == 1
    hits = await finding.search(tx, "zookeeper umbrella", "en")
    assert [(hit.slug, hit.version, hit.body) for hit in hits] == [("umbrella-lost", 2, "Ask the zookeeper.")]
    assert "umbrella-lost" not in [hit.slug for hit in await finding.search(tx, "under the chair", "en")]


async def test_the_index_of_one_article_is_what_a_whole_new_index_would_hold(tx: db.Tx) -> None:
    some = [_packaged(f"a-{n}", f"Title {n} lamp", f"Text {n} about lamps and chairs.") for n in range(3)]
    await packaging.load(tx, some, now=NOON)
    number = await db.fetch_value(tx, "SELECT number FROM helpcentre.article WHERE slug = 'a-1'")
    whole = await tx.fetch("SELECT term, articles FROM helpcentre.term WHERE articles > 0 ORDER BY term")
    postings = await tx.fetch("SELECT term, number, weight FROM helpcentre.posting ORDER BY 1, 2")
    await finding.index_article(tx, number)
    again = await tx.fetch("SELECT term, articles FROM helpcentre.term WHERE articles > 0 ORDER BY term")
    assert [tuple(r.values()) for r in again] == [tuple(r.values()) for r in whole]
    assert [tuple(r.values())[:2] for r in await tx.fetch(
        "SELECT term, number, weight FROM helpcentre.posting ORDER BY 1, 2"
    )] == [tuple(r.values())[:2] for r in postings]  # fmt: skip
