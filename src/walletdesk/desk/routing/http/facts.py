"""What lies behind a conversation: the customer's wallet, what was found, what can be done about it."""

from __future__ import annotations

import asyncio
from typing import cast
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody

from walletdesk.desk.conversations import actions as conversations
from walletdesk.desk.conversations import queries as stored
from walletdesk.desk.routing import reading
from walletdesk.desk.routing.http.given import Asker, Pool, Reader
from walletdesk.desk.routing.model import NoCustomer, TransactionMissing
from walletdesk.desk.routing.views import (
    CommandAsked,
    CustomerFacts,
    DeskFinding,
    Suggestion,
    account_cards,
    customer_card,
    history_of,
    restriction_cards,
    stale_since,
    transaction_cards,
)
from walletdesk.diagnosis import actions as diagnosis
from walletdesk.diagnosis import queries as findings
from walletdesk.diagnosis.investigation import investigate
from walletdesk.diagnosis.model import FindingMissing, Symptom
from walletdesk.kit import clock, db
from walletdesk.kit.ids import CustomerId
from walletdesk.people import audit
from walletdesk.people.model import Deed, may
from walletdesk.wallet.gateway.model import CommandName, TransactionQuery, Wallet

TRANSACTIONS_SHOWN = 20


class Diagnose(msgspec.Struct, forbid_unknown_fields=True):
    """Which question to ask the ledger anew."""

    symptom: Symptom
    transaction_id: UUID | None = None


class AskCommand(msgspec.Struct, forbid_unknown_fields=True):
    """What to have done, as which finding offers it."""

    command: CommandName
    finding_id: UUID


class Suggestions(msgspec.Struct, frozen=True):
    """Replies that an agent may send as they are."""

    suggestions: list[Suggestion]


class Findings(msgspec.Struct, frozen=True):
    """What was found in a conversation, newest first."""

    findings: list[DeskFinding]


@get("/api/desk/conversations/{conversation_id:uuid}/customer", opt={"permission": "desk.read"})
async def customer(
    conversation_id: FromPath[UUID], who: Asker, pool: Pool, lang: Reader, state: State
) -> CustomerFacts:
    """Return who the customer is and what his wallet shows; the look is written down before it is taken."""
    async with db.transaction(pool) as tx:
        row = await reading.look_into(tx, who, conversation_id, now=clock.now(), at="customer")
        await reading.look_into_wallet(tx, who, row, now=clock.now(), at="customer")
        history = await stored.list_history_of(tx, row.customer_id) if row.customer_id is not None else []
    if row.customer_id is None:
        return CustomerFacts(None)
    wallet, customer_id = cast("Wallet", state.wallet), CustomerId(row.customer_id)
    seen, accounts, restrictions, transactions = await asyncio.gather(
        wallet.customer(customer_id),
        wallet.accounts(customer_id),
        wallet.restrictions(customer_id),
        wallet.transactions(customer_id, TransactionQuery(limit=TRANSACTIONS_SHOWN)),
    )
    return CustomerFacts(
        customer_card(seen) if seen is not None else None,
        account_cards(accounts),
        restriction_cards(restrictions, lang),
        transaction_cards(transactions),
        history_of(history),
        stale_since(seen, accounts, restrictions, transactions),
    )


@get("/api/desk/conversations/{conversation_id:uuid}/suggestions", opt={"permission": "desk.read"})
async def suggestions(conversation_id: FromPath[UUID], who: Asker, pool: Pool) -> Suggestions:
    """Return suggested replies, every number of which is referenced."""
    async with db.transaction(pool) as tx:
        row = await reading.look_into(tx, who, conversation_id, now=clock.now(), at="suggestions")
        return Suggestions(await reading.suggestions(tx, row))


@get("/api/desk/conversations/{conversation_id:uuid}/findings", opt={"permission": "desk.read"})
async def list_findings(conversation_id: FromPath[UUID], who: Asker, pool: Pool, lang: Reader) -> Findings:
    """Return what was found in this conversation, with facts, records and what can be done."""
    async with db.transaction(pool) as tx:
        row = await reading.look_into(tx, who, conversation_id, now=clock.now(), at="findings")
        await reading.look_into_wallet(tx, who, row, now=clock.now(), at="findings")
        zone = await reading.zone_of(tx, row)
        return Findings(
            [
                await reading.desk_finding(tx, one, lang, zone)
                for one in await findings.list_of_conversation(tx, conversation_id)
            ]
        )


@post("/api/desk/conversations/{conversation_id:uuid}/diagnose", opt={"permission": "desk.act"})
async def diagnose(
    data: JSONBody[Diagnose], conversation_id: FromPath[UUID], who: Asker, pool: Pool, lang: Reader, state: State
) -> DeskFinding:
    """Ask the ledger, and the rail anew, what is wrong with a transaction of this customer; keep what is found."""
    async with db.transaction(pool) as tx:
        row = await reading.get(tx, conversation_id)
        if row.customer_id is None:
            raise NoCustomer
        await reading.look_into_wallet(tx, who, row, now=clock.now(), at="diagnose")
        zone = await reading.zone_of(tx, row)
    wallet, customer_id = cast("Wallet", state.wallet), CustomerId(row.customer_id)
    name = None
    if data.transaction_id is not None:
        transaction = await wallet.transaction(customer_id, data.transaction_id)
        if transaction is None:
            raise TransactionMissing(field="transaction_id")
        name = transaction.name
    found = await investigate(
        wallet, customer_id, data.symptom, data.transaction_id, now=clock.now(), refresh=True, zone=zone
    )
    async with db.transaction(pool) as tx:
        now = clock.now()
        kept = await diagnosis.store_finding(
            tx, found, customer_id=customer_id, conversation_id=conversation_id, now=now
        )
        await conversations.mark_subject(
            tx, conversation_id, subject=name, symptom=found.symptom.value, verdict=found.verdict
        )
        deed = Deed("agent", who.id, "diagnosed", f"conversation/{conversation_id}", {"finding": str(kept.id)})
        await audit.record(tx, [deed], now=now)
        return await reading.desk_finding(tx, kept, lang, zone)


@post("/api/desk/conversations/{conversation_id:uuid}/commands", opt={"permission": "desk.act"})
async def command(data: JSONBody[AskCommand], conversation_id: FromPath[UUID], who: Asker, pool: Pool) -> CommandAsked:
    """Have done what a finding of this conversation offers; asked twice it is done once."""
    now = clock.now()
    async with db.transaction(pool) as tx:
        await reading.get(tx, conversation_id)
        found = await findings.find_finding(tx, data.finding_id)
        if found is None or found.conversation_id != conversation_id:
            raise FindingMissing
        asked = await diagnosis.ask_command(
            tx,
            data.finding_id,
            data.command,
            actor_kind="supervisor" if may(who, "desk.supervise") else "agent",
            actor_id=who.id,
            now=now,
        )
        details = {"finding": str(data.finding_id), "command": data.command.value}
        deed = Deed("agent", who.id, "command_asked", f"conversation/{conversation_id}", details)
        await audit.record(tx, [deed], now=now)
    return CommandAsked(asked.name.value, asked.state.value)


ROUTES = [customer, suggestions, list_findings, diagnose, command]
