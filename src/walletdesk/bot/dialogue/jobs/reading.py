"""Reads what a decision needs, never inside a transaction: behind the port there may be a network."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from walletdesk.bot.dialogue.decide import decide
from walletdesk.bot.dialogue.model import Decision, Dialogue, Facts, Heard, Needs, Question
from walletdesk.desk.helpcentre.actions import finding
from walletdesk.desk.helpcentre.notices import NoticeState
from walletdesk.desk.helpcentre.queries import announcements, articles
from walletdesk.desk.helpcentre.touching import touches, wallet_incidents
from walletdesk.diagnosis import queries as diagnosis
from walletdesk.diagnosis.investigation import investigate
from walletdesk.diagnosis.model import Finding
from walletdesk.kit import db
from walletdesk.kit.ids import CustomerId
from walletdesk.kit.refusal import Refusal
from walletdesk.wallet.gateway.model import CommandName, TransactionQuery, Wallet

READ_SECONDS_MAX: Final = 5.0
COMMANDS_SECONDS_MAX: Final = 1.0
"""The safe action of an emergency waits for nobody longer than this."""
LISTED_MAX: Final = 30
MANY_MAX: Final = 100
LISTED_SINCE: Final = timedelta(days=90)
ROUNDS_MAX: Final = 8
_PROBING_AT_ONCE: Final = 5


async def decided(
    pool: db.Pool,
    wallet: Wallet,
    customer_id: UUID | None,
    state: Dialogue,
    heard: Sequence[Heard],
    facts: Facts,
) -> tuple[Decision, Facts]:
    """Decide, reading whatever the decision turns out to need.

    Raises:
        TimeoutError: The wallet did not answer in time.
        RuntimeError: The decision never has enough: a defect.
    """
    for _ in range(ROUNDS_MAX):
        found = decide(state, heard, facts)
        if isinstance(found, Decision):
            return found, facts
        if found.public:
            facts = await _published(pool, wallet, facts, found)
            continue
        if customer_id is None:
            raise RuntimeError("nothing may be read for a visitor")
        facts = await _learn(pool, wallet, customer_id, facts, found)
    raise RuntimeError("a decision needs more and more facts")


async def _learn(pool: db.Pool, wallet: Wallet, customer_id: UUID, facts: Facts, needs: Needs) -> Facts:
    customer = CustomerId(customer_id)
    if needs.commands:
        return replace(facts, commands=await commands_of(wallet))
    if needs.touched is not None:
        return await _touched(pool, wallet, customer, facts, needs.touched)
    if needs.stored is not None:
        return await _stored(pool, customer_id, facts, needs.stored)
    if needs.findings:
        return await _findings(wallet, customer, facts, needs)
    async with asyncio.timeout(READ_SECONDS_MAX):
        if needs.transaction is not None:
            one = await wallet.transaction(customer, needs.transaction)
            return replace(facts, single={**facts.single, needs.transaction: one})
        query = TransactionQuery(since=facts.now - LISTED_SINCE, limit=MANY_MAX if needs.many else LISTED_MAX)
        return replace(facts, transactions=await wallet.transactions(customer, query))


async def _published(pool: db.Pool, wallet: Wallet, facts: Facts, needs: Needs) -> Facts:
    """Return what is there for everybody: an article, or what staff and wallet say of disturbances."""
    if needs.search is not None:
        text, lang = needs.search
        async with db.reading(pool) as tx:
            return replace(facts, found={**facts.found, text: await finding.find_sure(tx, text, lang)})
    if needs.article is None:
        incidents = tuple(await wallet_incidents(wallet))
        async with db.reading(pool) as tx:
            current = tuple(await announcements.list_current(tx))
        return replace(facts, announcements=current, incidents=incidents)
    async with db.reading(pool) as tx:
        found = await articles.find_for_intent(tx, *needs.article)
    return replace(facts, articles={**facts.articles, needs.article: found})


async def _touched(
    pool: db.Pool, wallet: Wallet, customer: CustomerId, facts: Facts, announcement_id: UUID
) -> Facts:
    async with db.reading(pool) as tx:
        one = await announcements.find_announcement(tx, announcement_id)
    there = one is not None and one.state != NoticeState.DRAFT
    found = await touches(wallet, customer, one, now=facts.now) if one is not None and there else None
    return replace(facts, touched={**facts.touched, announcement_id: found})


async def commands_of(wallet: Wallet) -> frozenset[CommandName]:
    """Return what the wallet can do; nothing where it does not say so at once."""
    try:
        async with asyncio.timeout(COMMANDS_SECONDS_MAX):
            return (await wallet.capabilities()).commands
    except (TimeoutError, OSError, Refusal):
        return frozenset()


async def _stored(pool: db.Pool, customer_id: UUID, facts: Facts, finding_id: UUID) -> Facts:
    """Return a finding that was stored, if it is this customer's."""
    async with db.reading(pool) as tx:
        found = await diagnosis.find_finding(tx, finding_id)
    own = found if found is not None and found.customer_id == customer_id else None
    return replace(facts, stored={**facts.stored, finding_id: own})


async def _findings(wallet: Wallet, customer: CustomerId, facts: Facts, needs: Needs) -> Facts:
    async def one(question: Question) -> tuple[Question, Finding]:
        symptom, transaction_id = question
        found = await investigate(
            wallet, customer, symptom, transaction_id, now=facts.now, refresh=needs.refresh, zone=facts.zone
        )
        return question, found

    found = await asyncio.gather(*(one(question) for question in needs.findings[:_PROBING_AT_ONCE]))
    return replace(facts, findings={**facts.findings, **dict(found)})
