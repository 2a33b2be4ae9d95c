"""Names, numbers and addresses of invented people; nobody real is meant, and no number can be dialled."""

from __future__ import annotations

from random import Random
from typing import Final

_SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN_FIRST: Final = "小晓雅俊志文海国建明秀丽美淑玉春冬雨思佳子梓浩宇天一若欣怡嘉诗"
_GIVEN_SECOND: Final = "明红芳军强磊洋勇艳杰娟涛敏静霞平刚桂英华慧玲宁波彬轩涵晨曦琪瑶"
_EN_FIRST: Final = (
    "Anna", "Ben", "Clara", "David", "Emma", "Frank", "Grace", "Henry", "Iris", "Jack", "Kate", "Leo",
    "Maria", "Noah", "Olivia", "Paul", "Ruth", "Sam", "Tina", "Victor",
)  # fmt: skip
_EN_LAST: Final = (
    "Adams", "Brown", "Clark", "Davies", "Evans", "Foster", "Green", "Hill", "Jones", "King", "Lewis",
    "Moore", "Parker", "Reed", "Scott", "Turner", "Walker", "Young",
)  # fmt: skip


def name(random: Random, locale: str) -> str:
    """Return the name of somebody who reads `locale`."""
    if locale == "en":
        return f"{random.choice(_EN_FIRST)} {random.choice(_EN_LAST)}"
    second = random.choice(_GIVEN_SECOND) if random.random() < 0.8 else ""
    return random.choice(_SURNAMES) + random.choice(_GIVEN_FIRST) + second


def phone(number: int) -> str:
    """Return the phone number of the n-th customer; the block 199-0000 is not given to subscribers."""
    return f"1990000{number:04d}" if number < 10_000 else f"199{number:08d}"
