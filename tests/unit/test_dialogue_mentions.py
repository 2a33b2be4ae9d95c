"""What a customer lets fall about a transaction is read as he means it, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from walletdesk.bot.dialogue import mentions, numerals

ZONE = "Asia/Shanghai"
NOW = datetime(2026, 1, 7, 4, 0, tzinfo=UTC)
"""A Wednesday, noon in Shanghai."""


def local(found: datetime | None) -> str:
    assert found is not None
    return found.strftime("%m-%d %H:%M")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("28", 28), ("1,234.50", Decimal("1234.5")), ("二十八", 28), ("十", 10), ("十五", 15), ("两百五", 250),
        ("一百零五", 105), ("一千二", 1200), ("三千", 3000), ("二零二", 202), ("1.2万", 12000), ("两万三", 23000),
        ("一亿", 100_000_000),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text: str, value: int | Decimal) -> None:
    assert numerals.read(text) == value


@pytest.mark.parametrize("text", ["", "元", "abc", "1.2.3", "几"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert numerals.read(text) is None


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("我付了28块,商家没收到", {28}),
        ("昨天那笔28.5元", {Decimal("28.5")}),
        ("二十八块五", {Decimal("28.5")}),
        ("¥1,234.50", {Decimal("1234.50")}),
        ("28元", {28}),
        ("I paid $20 and 12 yuan 2 days ago", {20, 12}),
        ("我付了钱", set()),
    ],
)
def test_amounts_are_those_with_a_unit(text: str, amounts: set[Decimal]) -> None:
    assert mentions.find(text, now=NOW, zone=ZONE).amounts == amounts


@pytest.mark.parametrize(
    ("text", "loose"), [("转了500给李四", {500}), ("转账一千二给妈妈", {1200}), ("6月12日", set())]
)
def test_bare_numbers_are_kept_apart(text: str, loose: set[int]) -> None:
    assert mentions.find(text, now=NOW, zone=ZONE).loose == loose


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("昨天那笔", "01-06 00:00", "01-07 00:00"),
        ("前天付的", "01-05 00:00", "01-06 00:00"),
        ("昨晚8点付的", "01-06 19:30", "01-06 20:30"),
        ("今天下午3点半转的", "01-07 15:00", "01-07 16:00"),
        ("刚才那笔", "01-07 09:00", "01-07 12:00"),
        ("2小时前", "01-07 09:00", "01-07 11:00"),
        ("3天前", "01-04 00:00", "01-05 00:00"),
        ("周五晚上", "01-02 17:00", "01-03 00:00"),
        ("12月5号", "12-05 00:00", "12-06 00:00"),
        ("yesterday at 14:03", "01-06 13:33", "01-06 14:33"),
        ("at 3pm yesterday", "01-06 14:30", "01-06 15:30"),
        ("june 12", "06-12 00:00", "06-13 00:00"),
        ("on Monday morning", "01-05 05:00", "01-05 12:00"),
        ("an hour ago, just now", "01-07 09:00", "01-07 12:00"),
    ],
)
def test_days_and_hours_are_those_of_the_customer(text: str, since: str, until: str) -> None:
    found = mentions.find(text, now=NOW, zone=ZONE)

    assert (local(found.since), local(found.until)) == (since, until)


@pytest.mark.parametrize("text", ["付款失败", "I cannot pay", "3点水", "第2个", "这都几天了", "13号线", ""])
def test_nothing_is_read_into_what_names_no_time(text: str) -> None:
    found = mentions.find(text, now=NOW, zone=ZONE)

    assert found.amounts == frozenset()
    assert found.orders == ()
    assert (found.since is None) or "号" in text


def test_order_numbers_are_found_and_days_are_none() -> None:
    found = mentions.find("订单号 20260105-8841, 2026-01-05", now=NOW, zone=ZONE)

    assert "202601058841" in found.orders
