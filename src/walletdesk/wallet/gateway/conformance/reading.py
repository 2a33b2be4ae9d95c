"""What is read of customers, accounts and transactions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any, TypeVar
from uuid import uuid4

from walletdesk.kit import clock
from walletdesk.kit.ids import CustomerId
from walletdesk.kit.refusal import Refusal
from walletdesk.wallet.gateway.conformance.model import Check, Failed, Skipped, must
from walletdesk.wallet.gateway.conformance.probe import Probe
from walletdesk.wallet.gateway.contract import shapes
from walletdesk.wallet.gateway.contract.endpoints import (
    ACCOUNTS,
    CUSTOMER,
    ENTRIES,
    EVIDENCE,
    TRANSACTIONS,
)
from walletdesk.wallet.gateway.model import TransactionQuery

T = TypeVar("T")
Fits = Callable[[shapes.Transaction], bool]
LOOKED_AT = 12
"""How many transactions and lines are looked at one by one."""


async def seen(reading: Awaitable[T]) -> T:
    """Read as the desk does.

    Raises:
        Failed: The desk refuses the answer.
    """
    try:
        return await reading
    except Refusal as refusal:
        raise Failed(f"{refusal.details.get('endpoint')}: {refusal.details.get('reason', refusal.code)}") from refusal


async def capabilities(probe: Probe) -> None:
    """Look at what the wallet says it can do."""
    found = await probe.capabilities()
    must(bool(found.currencies), "no currency is named")


async def customer(probe: Probe) -> None:
    """Look at a customer."""
    found = await seen(probe.adapter().customer(await probe.somebody()))
    must(found is not None, "the customer does not exist")


async def masked(probe: Probe) -> None:
    """Count the digits of a phone number that can be read."""
    found = (await probe.ask(CUSTOMER, {"customer_id": await probe.somebody()})).read(shapes.Customer)
    digits = sum(one.isdigit() for one in found.phone_masked)
    must(digits <= 7, f"{digits} digits of the phone number can be read")


async def customer_unknown(probe: Probe) -> None:
    """Ask for a customer who does not exist."""
    (await probe.ask(CUSTOMER, {"customer_id": uuid4()})).no(404)


async def accounts(probe: Probe) -> None:
    """Look at balances, and at those of nobody."""
    wallet = probe.adapter()
    must(bool(await seen(wallet.accounts(await probe.somebody()))), "the customer has no account")
    nobody = (await probe.ask(ACCOUNTS, {"customer_id": uuid4()})).read(shapes.Accounts)
    must(nobody.accounts == [], "a customer who does not exist has accounts")


async def _account(probe: Probe) -> str:
    found = await seen(probe.adapter().accounts(await probe.somebody()))
    if not found:
        raise Skipped("the customer has no account")
    return found[0].id


async def entries(probe: Probe) -> None:
    """Read lines as a whole and page by page."""
    who, account, wallet = await probe.somebody(), await _account(probe), probe.adapter()
    whole = await seen(wallet.entries(who, account, before_seq=None, limit=LOOKED_AT))
    must(len(whole) > 0, "the account has no lines: name a customer who has some")
    for newer, older in pairwise(whole):
        must(newer.balance_after - newer.amount == older.balance_after, "a balance does not follow from the next line")
    one_by_one: list[Any] = []
    while len(one_by_one) < len(whole):
        before = one_by_one[-1].seq if one_by_one else None
        page = await seen(wallet.entries(who, account, before_seq=before, limit=1))
        must(len(page) == 1, "a page ends before the list does")
        one_by_one += page
    must(tuple(one_by_one) == tuple(whole), "page by page there are other lines than at once")


async def entries_foreign(probe: Probe) -> None:
    """Ask for lines of an account in another customer's name."""
    query = {"customer_id": uuid4(), "limit": 5}
    answer = await probe.ask(ENTRIES, {"account_id": await _account(probe)}, query)
    if answer.status != 404:
        must(answer.read(shapes.Entries).entries == [], "lines of an account are shown to another customer")


async def transactions(probe: Probe) -> None:
    """Read the list as the desk does."""
    query = TransactionQuery(limit=200)
    must(bool(await seen(probe.adapter().transactions(await probe.somebody(), query))), "the list is empty")


async def transactions_paged(probe: Probe) -> None:
    """Read the list page by page."""
    who, wallet = await probe.somebody(), probe.adapter()
    whole = [one.id for one in (await probe.transactions())[:LOOKED_AT]]
    found: list[Any] = []
    before = None
    while len(found) < len(whole):
        page = await seen(wallet.transactions(who, TransactionQuery(limit=3, before=before)))
        must(bool(page), "a page ends before the list does")
        found += [one.id for one in page]
        before = (page[-1].created_at, page[-1].id)
    must(found[: len(whole)] == whole, "page by page there are other transactions than at once")


async def transactions_filtered(probe: Probe) -> None:
    """Ask by each thing a customer may know, and compare with the whole list."""
    who, wallet, every = await probe.somebody(), probe.adapter(), await probe.transactions()
    one = every[len(every) // 2]
    queries: dict[str, tuple[TransactionQuery, Fits]] = {
        "kind": (TransactionQuery(kinds=frozenset({one.kind}), limit=200), lambda t: t.kind == one.kind),
        "amount_minor": (
            TransactionQuery(amount_minor=int(one.amount.minor), limit=200),
            lambda t: t.amount.minor == one.amount.minor,
        ),
        "outgoing": (TransactionQuery(outgoing=one.outgoing, limit=200), lambda t: t.outgoing == one.outgoing),
        "ref": (TransactionQuery(ref=str(one.id), limit=200), lambda t: t.id == one.id),
        "from": (TransactionQuery(since=one.created_at, limit=200), lambda t: t.created_at >= one.created_at),
        "to": (TransactionQuery(until=one.created_at, limit=200), lambda t: t.created_at <= one.created_at),
    }
    for name, (query, fits) in queries.items():
        got = {t.id for t in await seen(wallet.transactions(who, query))}
        wanted = {t.id for t in every if fits(t)}
        complete = len(every) < 200 or wanted <= got
        must(got & {t.id for t in every} == wanted and complete, f"{name}: {len(got)} found, {len(wanted)} fit")


async def query_invalid(probe: Probe) -> None:
    """Ask for what cannot be."""
    who = await probe.somebody()
    for query in ({"customer_id": who, "limit": 0}, {"customer_id": who, "limit": "many"}, {"customer_id": "nobody"}):
        (await probe.ask(TRANSACTIONS, {}, query)).no(422)


async def evidence(probe: Probe) -> None:
    """Read all that can be proved of some transactions."""
    who, wallet = await probe.somebody(), probe.adapter()
    for one in (await probe.transactions())[:LOOKED_AT]:
        found = await seen(wallet.evidence(who, one.id))
        if found is None:
            raise Failed(f"{one.id} is in the list and has no evidence")
        must(found.transaction.amount.minor == int(one.amount.minor), f"{one.id} has two amounts")
        must(abs(found.as_of - clock.now()) < timedelta(minutes=5), "as_of is not now")


async def evidence_foreign(probe: Probe) -> None:
    """Ask for a transaction in another customer's name, and for one that does not exist."""
    one = (await probe.transactions())[0]
    foreign = (await probe.ask(EVIDENCE, {"transaction_id": one.id}, {"customer_id": uuid4()})).no(404)
    query = {"customer_id": await probe.somebody()}
    absent = (await probe.ask(EVIDENCE, {"transaction_id": uuid4()}, query)).no(404)
    must(foreign.reason == absent.reason, "a foreign transaction can be told from one that does not exist")


async def evidence_anew(probe: Probe) -> None:
    """Let rail and shop be asked anew."""
    who = await probe.somebody()
    for one in (await probe.transactions())[:2]:
        found = await seen(probe.adapter().evidence(who, one.id, refresh=True))
        must(found is not None, "with refresh the transaction is not there")


async def surroundings(probe: Probe) -> None:
    """Read what surrounds a diagnosis."""
    who, wallet = await probe.somebody(), probe.adapter()
    await seen(wallet.restrictions(who))
    await seen(wallet.limits(who))
    await seen(wallet.incidents())


async def at_once(probe: Probe) -> None:
    """Ask many things at the same time, and compare with what was said one by one."""
    who, wallet, every = await probe.somebody(), probe.adapter(), (await probe.transactions())[:4]
    found = await asyncio.gather(*(seen(wallet.evidence(who, one.id)) for one in every * 5))
    got = [one.transaction.id if one else None for one in found]
    must(got == [one.id for one in every * 5], "asked at once, answers get mixed up")
    nobody = await seen(wallet.transactions(CustomerId(uuid4()), TransactionQuery()))
    must(nobody == (), "a customer who does not exist has transactions")


CHECKS = (
    Check("capabilities", capabilities),
    Check("customer", customer),
    Check("masked", masked),
    Check("customer_unknown", customer_unknown),
    Check("accounts", accounts),
    Check("entries", entries),
    Check("entries_foreign", entries_foreign),
    Check("transactions", transactions),
    Check("transactions_paged", transactions_paged),
    Check("transactions_filtered", transactions_filtered),
    Check("query_invalid", query_invalid),
    Check("evidence", evidence),
    Check("evidence_foreign", evidence_foreign),
    Check("evidence_anew", evidence_anew),
    Check("surroundings", surroundings),
    Check("at_once", at_once),
)
