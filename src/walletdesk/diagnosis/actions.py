"""What can be done with a finding: keep it, and ask the wallet for what it offers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from walletdesk.diagnosis import follow_ups, queries
from walletdesk.diagnosis.events import CommandFinished, FindingMade, HandOffDue
from walletdesk.diagnosis.model import (
    FINAL,
    MAY,
    CommandForbidden,
    CommandNotOffered,
    CommandRow,
    Finding,
    FindingMissing,
    Remedy,
    StoredFinding,
)
from walletdesk.diagnosis.stored import basis_of, body_of
from walletdesk.diagnosis.table import Watch, watch_of
from walletdesk.kit import db, events, live
from walletdesk.kit.ids import new_id
from walletdesk.wallet.gateway.model import CommandName


async def store_finding(
    tx: db.Tx,
    finding: Finding,
    *,
    customer_id: UUID,
    conversation_id: UUID | None,
    now: datetime,
) -> StoredFinding:
    """Keep a finding for good, with what it was made from.

    What the ledger proves is asked of the wallet at once, by the bot. A finding that is not the last word is
    followed up, in place of an older one of the same conversation and transaction.
    """
    stored_id = new_id()
    number = await queries.insert_finding(
        tx,
        queries.FindingRow(
            id=stored_id,
            conversation_id=conversation_id,
            customer_id=customer_id,
            transaction_id=finding.transaction_id,
            asked=finding.asked.value,
            symptom=finding.symptom.value,
            verdict=finding.verdict,
            version=finding.version,
            body=body_of(finding),
            basis=basis_of(finding),
            made_at=now,
        ),
    )
    stored = StoredFinding(stored_id, number, conversation_id, customer_id, finding, now)
    made = FindingMade(stored_id, conversation_id, finding.symptom.value, finding.verdict)
    await events.emit(tx, key_of(stored), made)
    await _follow(tx, stored, now)
    for remedy in finding.remedies:
        if remedy.automatic and remedy.command is not None:
            await _ask_by_itself(tx, stored, remedy.command, now)
    return stored


def key_of(stored: StoredFinding) -> UUID:
    """Return the key of a finding's events: its conversation, or itself where there is none."""
    return stored.conversation_id or stored.id


async def _follow(tx: db.Tx, stored: StoredFinding, now: datetime) -> None:
    """Follow a finding up if there is more to come and somebody to tell."""
    if stored.conversation_id is None:
        return
    finding = stored.finding
    await queries.end_others(tx, stored.conversation_id, finding.transaction_id, now=now)
    watch = watch_of(finding.symptom, finding.verdict)
    if watch is Watch.NONE or finding.transaction_id is None:
        return
    deadline = finding.next_at if finding.variant not in follow_ups.WITH_A_PERSON else None
    await queries.insert_follow_up(
        tx,
        queries.NewFollowUp(
            finding_id=stored.id,
            conversation_id=stored.conversation_id,
            transaction_id=finding.transaction_id,
            asks_rail=watch is Watch.RAIL,
            next_at=follow_ups.next_look(0, asks_rail=watch is Watch.RAIL, now=now, deadline=deadline),
            deadline_at=deadline,
            until_at=max(now, deadline or now) + follow_ups.LOOK_AT_MOST,
        ),
    )


async def _ask_by_itself(tx: db.Tx, stored: StoredFinding, command: CommandName, now: datetime) -> None:
    """Let the bot ask for what is proved; what the wallet has refused once is a person's work."""
    if await queries.was_refused(tx, stored.finding.transaction_id, command):
        due = HandOffDue(stored.id, stored.conversation_id, "command_refused")
        await events.emit(tx, key_of(stored), due)
        return
    await _ask(tx, stored, command, actor_kind="bot", actor_id=None, now=now)


async def ask_command(
    tx: db.Tx,
    finding_id: UUID,
    command: CommandName,
    *,
    actor_kind: str,
    actor_id: UUID | None,
    now: datetime,
) -> CommandRow:
    """Ask the wallet to do what a finding offers; it is carried out after the commit, once.

    Asked again, under the same finding or another of the same transaction, it is the same command as long as
    it is open, and for good if it moves money.

    Raises:
        FindingMissing: There is no such finding, or it is another customer's.
        CommandNotOffered: The finding does not offer it.
        CommandForbidden: This actor may not have it carried out.
    """
    stored = await queries.find_finding(tx, finding_id)
    if stored is None or (actor_kind == "customer" and actor_id != stored.customer_id):
        raise FindingMissing(finding_id=str(finding_id))
    remedy = _offered(stored.finding, command)
    if remedy is None:
        raise CommandNotOffered(command=command.value)
    if actor_kind not in MAY[remedy.who]:
        raise CommandForbidden(command=command.value)
    return await _ask(tx, stored, command, actor_kind=actor_kind, actor_id=actor_id, now=now)


def _offered(finding: Finding, command: CommandName) -> Remedy | None:
    return next((remedy for remedy in finding.remedies if remedy.command is command), None)


async def _ask(
    tx: db.Tx,
    stored: StoredFinding,
    command: CommandName,
    *,
    actor_kind: str,
    actor_id: UUID | None,
    now: datetime,
) -> CommandRow:
    key = f"{stored.id}:{command.value}"
    transaction_id = stored.finding.transaction_id
    new = queries.NewCommand(
        id=new_id(),
        finding_id=stored.id,
        customer_id=stored.customer_id,
        transaction_id=transaction_id,
        name=command.value,
        idempotency_key=key,
        actor_kind=actor_kind,
        actor_id=actor_id,
        asked_at=now,
    )
    standing = None
    # Twice at most: what stood in the way may have ended between the two statements.
    for _ in range(2):
        if await queries.insert_command(tx, new):
            standing = await queries.find_command(tx, new.id)
        else:
            standing = await queries.find_standing(tx, key, transaction_id, command)
        if standing is not None:
            break
    if standing is None:
        raise RuntimeError(f"command {key} can neither be asked nor found")
    await queries.insert_request(
        tx, standing.id, stored.id, actor_kind=actor_kind, actor_id=actor_id, now=now
    )
    await live.wake(tx, "commands")
    return await _as_it_stands(tx, stored, standing)


async def _as_it_stands(tx: db.Tx, stored: StoredFinding, standing: CommandRow) -> CommandRow:
    """Return the command as it is after the request; if it had ended elsewhere, this conversation hears of it."""
    row = await queries.find_command(tx, standing.id) or standing
    if row.state in FINAL and row.finding_id != stored.id:
        ended = CommandFinished(stored.id, stored.conversation_id, row.name.value, row.state.value, None)
        await events.emit(tx, key_of(stored), ended)
    return row
