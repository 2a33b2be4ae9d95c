"""Who lives in the simulated world: customers, shops, banks and the desk's own people. The seed decides all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Final
from uuid import UUID

from walletdesk.world import names


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank at which customers have accounts."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop; a purchase there costs between `low` and `high` minor units, and `weight` says how usual it is."""

    id: UUID
    zh: str
    en: str
    low: int
    high: int
    weight: int


@dataclass(frozen=True, slots=True)
class Inhabitant:
    """A customer of the world with his habits."""

    id: UUID
    name: str
    phone: str
    locale: str
    large_type: bool
    tier: int
    bank: str
    account_tail: str
    salary_minor: int
    salary_day: int
    a_day: float
    """Purchases on a usual day."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works at the desk of the demo."""

    id: UUID
    email: str
    name: str
    roles: tuple[str, ...]
    skills: tuple[str, ...]
    lang: str


BANKS: Final = (
    Bank("harbour", "海湾银行", "Harbour Bank"),
    Bank("riverside", "江畔银行", "Riverside Bank"),
    Bank("summit", "远山银行", "Summit Bank"),
    Bank("meadow", "青禾银行", "Meadow Bank"),
)

_SHOPS: Final = (
    ("街角咖啡", "Corner Coffee", 1_200, 4_200, 12),
    ("晨光早餐", "Morning Breakfast", 500, 2_000, 14),
    ("老街面馆", "Old Street Noodles", 1_500, 4_500, 10),
    ("四季火锅", "Four Seasons Hotpot", 8_000, 36_000, 3),
    ("小满茶铺", "Xiaoman Tea", 900, 3_600, 9),
    ("海风寿司", "Sea Breeze Sushi", 4_500, 22_000, 3),
    ("绿篮超市", "Green Basket Market", 2_000, 28_000, 12),
    ("邻里便利店", "Next Door Store", 300, 6_000, 16),
    ("鲜果园", "Fresh Orchard", 1_200, 9_000, 7),
    ("好面包", "Good Bread", 800, 4_800, 8),
    ("青青药房", "Greenleaf Pharmacy", 1_500, 18_000, 4),
    ("城市出行", "City Rides", 800, 9_500, 10),
    ("快轨交通", "Swift Metro", 200, 1_200, 14),
    ("蓝骑士快递", "Blue Rider Couriers", 900, 4_000, 4),
    ("暖阳书店", "Sunny Books", 2_500, 16_000, 3),
    ("星河影城", "Galaxy Cinema", 3_500, 14_000, 3),
    ("木棉花店", "Kapok Flowers", 3_900, 26_000, 2),
    ("青年健身", "Youth Gym", 9_900, 69_900, 1),
    ("理想家居", "Ideal Home", 5_000, 120_000, 2),
    ("云上数码", "Cloud Digital", 9_900, 399_900, 1),
    ("布谷童装", "Cuckoo Kids", 5_900, 39_900, 2),
    ("山野户外", "Wild Outdoors", 8_800, 99_900, 1),
    ("宠物小站", "Pet Corner", 2_900, 28_000, 2),
    ("美发工坊", "Hair Workshop", 3_800, 38_000, 2),
    ("白鸽洗衣", "White Dove Laundry", 1_500, 9_000, 3),
    ("花田民宿", "Flowerfield Stay", 19_800, 88_000, 1),
    ("百味坊", "Hundred Tastes", 1_800, 8_800, 6),
    ("东篱菜场", "East Hedge Greens", 600, 6_500, 12),
    ("启明文具", "Bright Star Stationery", 500, 7_500, 4),
    ("听雨唱片", "Rain Records", 4_900, 22_000, 1),
    ("七彩玩具", "Rainbow Toys", 2_900, 25_900, 2),
    ("安心家政", "Careful Cleaning", 6_000, 32_000, 2),
    ("停云小铺", "Still Cloud Store", 2_000, 9_000, 0),
)
"""The last one has no customers of its own: it is the shop that is suspended in one of the situations."""

AGENT_EMAIL: Final = "mei@demo.walletdesk.example"
SUPERVISOR_EMAIL: Final = "yan@demo.walletdesk.example"
_COLLEAGUES: Final = (
    (AGENT_EMAIL, "李梅", ("agent",), ("general", "payments", "transfers", "refunds"), "zh"),
    ("ben@demo.walletdesk.example", "Ben Clark", ("agent",), ("general", "payments", "fraud", "account"), "en"),
    ("jun@demo.walletdesk.example", "周军", ("agent",), ("general", "transfers", "fraud", "complaints"), "zh"),
    (
        SUPERVISOR_EMAIL,
        "陈燕",
        ("agent", "supervisor"),
        ("general", "payments", "transfers", "refunds", "fraud", "account", "complaints"),
        "zh",
    ),
)


def uuid7(chance: Random, at: datetime) -> UUID:
    """Make the UUIDv7 of a moment from the world's own chance (RFC 9562, section 5.7)."""
    value = (int(at.timestamp() * 1000) << 80) | chance.getrandbits(80)
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    return UUID(int=(value & ~(0x3 << 62)) | (0x2 << 62))


def shops(seed: int, since: datetime) -> list[Shop]:
    """Return the shops of the world; the same seed and start make the same ids."""
    chance = Random(f"{seed}:shops")  # noqa: S311 - a simulation
    return [Shop(uuid7(chance, since), *row) for row in _SHOPS]


def colleagues(seed: int, since: datetime) -> list[Colleague]:
    """Return the people of the desk: three agents and a supervisor."""
    chance = Random(f"{seed}:desk")  # noqa: S311 - a simulation
    return [Colleague(uuid7(chance, since), *row) for row in _COLLEAGUES]


def inhabitants(seed: int, count: int, since: datetime) -> list[Inhabitant]:
    """Return the customers of the world; two of three read Chinese."""
    chance = Random(f"{seed}:customers")  # noqa: S311 - a simulation
    return [inhabitant(chance, n, since) for n in range(count)]


def inhabitant(
    chance: Random,
    number: int,
    since: datetime,
    *,
    locale: str | None = None,
    large_type: bool | None = None,
    tier: int | None = None,
) -> Inhabitant:
    """Make one customer with the n-th phone number; what is not given is left to chance."""
    found = locale or ("en" if chance.random() < 0.33 else "zh")
    person = names.name(chance, found)
    old = chance.random() < 0.12
    return Inhabitant(
        uuid7(chance, since),
        person,
        names.phone(number),
        found,
        old if large_type is None else large_type,
        chance.choice((1, 2, 2, 2, 3)) if tier is None else tier,
        chance.choice(BANKS).code,
        f"{chance.randrange(10_000):04d}",
        chance.randrange(45, 220) * 10_000,
        chance.choice((1, 5, 8, 10, 15, 25)),
        chance.uniform(0.3, 1.8),
    )
