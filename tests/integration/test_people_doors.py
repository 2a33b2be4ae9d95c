"""Who gets in: passwords, one-time links, chat tokens."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.conftest import NOON
from walletdesk.kit import db
from walletdesk.kit.crypto import Box
from walletdesk.kit.ids import AgentId, CustomerId, new_id
from walletdesk.people import actions, queries
from walletdesk.people.model import (
    FAILURES_MAX,
    Agent,
    ChatClaims,
    CredentialsWrong,
    LinkSpent,
    NewCustomer,
    PasswordKnown,
    PasswordTooShort,
    TokenExpired,
    TokenInvalid,
    TokenReplayed,
    TooManyFailures,
)
from walletdesk.people.passwords import check_strength
from walletdesk.people.tokens import Signer, Verifier

BOX = Box({1: b"k" * 32})
PASSWORD = "correct horse battery staple"
WALLET = Signer(Ed25519PrivateKey.from_private_bytes(b"w" * 32))
DESK = Verifier((WALLET.key.public_key(),), (b"s" * 32,))


async def an_agent(tx: db.Tx) -> Agent:
    agent = Agent(AgentId(new_id()), "mei@example.org", "Mei", ["agent"], ["general"], "zh", 2)
    await queries.insert_agent(tx, agent, password_hash=None, now=NOON)
    await actions.set_password(tx, agent.id, PASSWORD, now=NOON)
    return agent


async def a_customer(tx: db.Tx, phone: str = "13800000021") -> CustomerId:
    customer = NewCustomer(CustomerId(new_id()), "王小明", phone)
    await actions.add_customers(tx, [customer], box=BOX, now=NOON)
    return customer.id


def claims(customer: CustomerId, *, at: datetime = NOON, seconds: int = 60) -> ChatClaims:
    return ChatClaims(customer, str(new_id()), at + timedelta(seconds=seconds))


async def test_the_right_password_lets_an_agent_in(tx: db.Tx) -> None:
    agent = await an_agent(tx)

    found = await actions.sign_in_by_password(tx, " Mei@Example.org", PASSWORD, now=NOON)

    assert isinstance(found, tuple)
    assert found[1].id == agent.id
    who = await actions.identify(tx, "staff", found[0].secret, now=NOON)
    assert who is not None
    assert who.roles == {"agent"}


async def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(tx: db.Tx) -> None:
    await an_agent(tx)

    wrong = await actions.sign_in_by_password(tx, "mei@example.org", "wrong", now=NOON)
    unknown = await actions.sign_in_by_password(tx, "nobody@example.org", "wrong", now=NOON)

    assert isinstance(wrong, CredentialsWrong)
    assert isinstance(unknown, CredentialsWrong)


async def test_many_wrong_passwords_lock_for_a_while_even_the_right_one(tx: db.Tx) -> None:
    await an_agent(tx)
    for _ in range(FAILURES_MAX):
        await actions.sign_in_by_password(tx, "mei@example.org", "wrong", now=NOON)

    locked = await actions.sign_in_by_password(tx, "mei@example.org", PASSWORD, now=NOON)
    later = await actions.sign_in_by_password(
        tx, "mei@example.org", PASSWORD, now=NOON + timedelta(minutes=16)
    )

    assert isinstance(locked, TooManyFailures)
    assert isinstance(later, tuple)


@pytest.mark.parametrize(
    ("password", "refusal"),
    [("short", PasswordTooShort), ("walletdesk12345678", PasswordKnown), ("a" * 20, PasswordKnown)],
)
def test_a_weak_password_is_refused(password: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        check_strength(password)


def test_a_long_password_of_any_characters_is_accepted() -> None:
    check_strength("我的密码是一首很长很长的诗而且没有人知道它")


async def test_a_link_works_once(tx: db.Tx) -> None:
    agent = await an_agent(tx)
    secret = await actions.make_link(tx, door="staff", person_id=agent.id, now=NOON)

    await actions.sign_in_by_link(tx, secret, door="staff", now=NOON)

    with pytest.raises(LinkSpent):
        await actions.sign_in_by_link(tx, secret, door="staff", now=NOON)


async def test_a_link_of_one_door_does_not_open_another(tx: db.Tx) -> None:
    customer = await a_customer(tx)
    secret = await actions.make_link(tx, door="wallet", person_id=customer, now=NOON)

    with pytest.raises(LinkSpent):
        await actions.sign_in_by_link(tx, secret, door="staff", now=NOON)


async def test_a_token_opens_one_chat_and_no_second(tx: db.Tx) -> None:
    customer = await a_customer(tx)
    token = WALLET.sign(claims(customer), now=NOON)
    read = DESK.read(token, now=NOON)

    chat = await actions.open_chat_session(tx, read, locale=None, now=NOON)

    assert chat.who.id == customer
    with pytest.raises(TokenReplayed):
        await actions.open_chat_session(tx, DESK.read(token, now=NOON), locale=None, now=NOON)


async def test_a_token_is_good_for_a_minute(tx: db.Tx) -> None:
    token = WALLET.sign(claims(CustomerId(new_id())), now=NOON)

    with pytest.raises(TokenExpired):
        DESK.read(token, now=NOON + timedelta(seconds=60))


def test_a_token_that_would_live_longer_is_refused() -> None:
    token = WALLET.sign(claims(CustomerId(new_id()), seconds=61), now=NOON)

    with pytest.raises(TokenInvalid):
        DESK.read(token, now=NOON)


def test_a_token_of_another_signer_is_refused() -> None:
    stranger = Signer(Ed25519PrivateKey.generate())

    with pytest.raises(TokenInvalid):
        DESK.read(stranger.sign(claims(CustomerId(new_id())), now=NOON), now=NOON)


@pytest.mark.parametrize("change", ["x", "", ".", "a.b.c", "e30.e30.e30", "é.é.é", "a" * 5000])
def test_a_broken_token_is_refused(change: str) -> None:
    with pytest.raises(TokenInvalid):
        DESK.read(change, now=NOON)


def test_a_token_that_names_no_algorithm_is_refused() -> None:
    token = WALLET.sign(claims(CustomerId(new_id())), now=NOON)
    _, body, _ = token.split(".")

    with pytest.raises(TokenInvalid):
        DESK.read(f"eyJhbGciOiJub25lIn0.{body}.AAAA", now=NOON)


async def test_a_session_that_idles_ends(tx: db.Tx) -> None:
    agent = await an_agent(tx)
    secret = await actions.make_link(tx, door="staff", person_id=agent.id, now=NOON)
    session, _ = await actions.sign_in_by_link(tx, secret, door="staff", now=NOON)

    assert await actions.identify(tx, "staff", session.secret, now=NOON + timedelta(minutes=14))
    after = await actions.identify(tx, "staff", session.secret, now=NOON + timedelta(minutes=40))

    assert after is None


async def test_a_phone_is_found_but_not_readable_in_the_table(tx: db.Tx) -> None:
    customer = await a_customer(tx, "13912345678")

    found = await actions.find_customer_by_phone(tx, "13912345678", box=BOX)
    stored = await tx.fetchval("SELECT phone FROM people.customer WHERE id = $1", customer)

    assert found is not None
    assert found.id == customer
    assert b"13912345678" not in bytes(stored)
    assert await actions.phone_of(tx, customer, box=BOX) == "13912345678"
