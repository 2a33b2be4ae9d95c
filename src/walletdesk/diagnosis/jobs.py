"""Passes of the workers: carry out commands, follow findings up.

Both work alike: claim what is due in one transaction, speak to the wallet outside any, write the outcome in a
second one, if it is still ours to write. A worker may die at any point: what it claimed falls due again, and
the wallet, asked again with the same key, does nothing twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from walletdesk.diagnosis import follow_ups, queries
from walletdesk.diagnosis.actions import key_of, store_finding
from walletdesk.diagnosis.events import CommandFinished, FindingChanged, HandOffDue
from walletdesk.diagnosis.investigation import investigate
from walletdesk.diagnosis.model import (
    HOME_ZONE,
    CommandState,
    Finding,
    StoredFinding,
    Symptom,
)
from walletdesk.kit import db, events
from walletdesk.kit.ids import CustomerId, new_id
from walletdesk.kit.refusal import Kind, Refusal
from walletdesk.wallet.gateway.model import Command, CommandName, Outcome, OutcomeState, Wallet

LEASE: Final = timedelta(seconds=45)
"""Longer than the longest look at a wallet (act, then reading it anew); so long a dead worker's work rests."""

ACT_SECONDS_MAX: Final = 10.0
BATCH: Final = 8
"""At most so many at once, so that a pass ends within its lease and the wallet is not flooded."""

RUNNING_AGAIN: Final = timedelta(seconds=3)
UNKNOWN_SECONDS_MIN: Final = 5
UNKNOWN_SECONDS_MAX: Final = 300
UNKNOWN_HANDED_OFF: Final = timedelta(minutes=5)
"""After so long without an outcome a person is told; the wallet is asked on all the same."""

UNREAD_AGAIN: Final = timedelta(seconds=30)

_AWAY: Final = frozenset({Kind.UNAVAILABLE, Kind.TOO_MANY})

_log = logging.getLogger(__name__)


# ------------------------------------------------------------------------- commands


async def run_commands(pool: db.Pool, wallet: Wallet, now: datetime) -> int:
    """Carry out what was asked of the wallet; return how many commands moved."""
    lease = new_id()
    async with db.transaction(pool) as tx:
        claimed = await queries.claim_commands(
            tx, lease=lease, now=now, until=now + LEASE, limit=BATCH
        )
    done = await asyncio.gather(*(_guarded(_carry_out(pool, wallet, one, lease, now)) for one in claimed))
    return sum(done)


async def _guarded(work: Awaitable[int]) -> int:
    """Let one failure not stop the others: what failed keeps its lease and falls due again."""
    try:
        return await work
    except Refusal as refusal:
        _log.warning("diagnosis work refused", extra={"code": refusal.code})
    except Exception:  # noqa: BLE001 - logged; the work itself is due again by its lease
        _log.exception("diagnosis work failed")
    return 0


async def _carry_out(
    pool: db.Pool, wallet: Wallet, claimed: queries.Claimed, lease: UUID, now: datetime
) -> int:
    outcome = await _act(wallet, claimed)
    if outcome.state in (OutcomeState.DONE, OutcomeState.REFUSED):
        findings = await _look_again(pool, wallet, claimed, now)
        async with db.transaction(pool) as tx:
            if await queries.lock_claimed(tx, claimed.id, lease):
                await _write_final(tx, claimed, outcome, findings, now)
        return 1
    async with db.transaction(pool) as tx:
        if await queries.lock_claimed(tx, claimed.id, lease):
            await _write_open(tx, claimed, outcome, now)
    return 1


async def _act(wallet: Wallet, claimed: queries.Claimed) -> Outcome:
    """Ask the wallet. Whatever leaves it open whether something happened is `unknown`, never a no."""
    command = Command(
        name=CommandName(claimed.name),
        customer_id=CustomerId(claimed.customer_id),
        idempotency_key=claimed.idempotency_key,
        transaction_id=claimed.transaction_id,
        actor=f"{claimed.actor_kind}:{claimed.actor_id}" if claimed.actor_id else claimed.actor_kind,
    )
    try:
        async with asyncio.timeout(ACT_SECONDS_MAX):
            return await wallet.act(command)
    except Refusal as refusal:
        state = OutcomeState.UNKNOWN if refusal.kind in _AWAY else OutcomeState.REFUSED
        return Outcome(state, reason=refusal.code)
    except (TimeoutError, OSError):
        return Outcome(OutcomeState.UNKNOWN, reason="no_answer")
    except Exception:  # noqa: BLE001 - a defect behind the port may have come after the deed
        _log.exception("wallet failed at a command", extra={"command": claimed.name})
        return Outcome(OutcomeState.UNKNOWN, reason="no_answer")


async def _look_again(
    pool: db.Pool, wallet: Wallet, claimed: queries.Claimed, now: datetime
) -> dict[str, Finding]:
    """Diagnose anew, once for each symptom that the command was asked under; what cannot be read is left out."""
    async with db.reading(pool) as tx:
        requests = await queries.list_requests(tx, claimed.id)
        stored = await queries.find_finding(tx, claimed.finding_id)
    zone = _zone_of(stored)
    found: dict[str, Finding] = {}
    for asked in {request.asked for request in requests}:
        try:
            finding = await investigate(
                wallet,
                claimed.customer_id,
                Symptom(asked),
                claimed.transaction_id,
                now=now,
                refresh=True,
                zone=zone,
            )
        except Exception:  # noqa: BLE001 - the outcome is known and must be written whatever else fails
            _log.exception("could not look again after a command")
            continue
        if finding.basis is not None and finding.basis.situation.readable:
            found[asked] = finding
    return found


def _zone_of(stored: StoredFinding | None) -> str:
    basis = stored.finding.basis if stored else None
    return basis.situation.zone if basis else HOME_ZONE


async def _write_final(
    tx: db.Tx,
    claimed: queries.Claimed,
    outcome: Outcome,
    findings: dict[str, Finding],
    now: datetime,
) -> None:
    """Write how a command ended, the findings made after it, and tell every conversation that asked."""
    state = CommandState(outcome.state.value)
    await queries.save_final(
        tx, claimed.id, state=state, record=outcome.record, reason=outcome.reason, now=now
    )
    for request in await queries.list_requests(tx, claimed.id):
        finding = findings.get(request.asked)
        new: StoredFinding | None = None
        if finding is not None:
            new = await store_finding(
                tx,
                finding,
                customer_id=request.customer_id,
                conversation_id=request.conversation_id,
                now=now,
            )
            await queries.save_new_finding(tx, claimed.id, request.finding_id, new.id)
            await _hand_off_if_said(tx, new)
        await _tell(tx, [request], claimed, state, new.id if new else None)


async def _write_open(
    tx: db.Tx, claimed: queries.Claimed, outcome: Outcome, now: datetime
) -> None:
    """Write that the outcome is not there yet; the same question is asked again, with the same key."""
    unknown = outcome.state is OutcomeState.UNKNOWN
    state = CommandState.UNKNOWN if unknown else CommandState.RUNNING
    late = not claimed.handed_off and now - claimed.asked_at >= UNKNOWN_HANDED_OFF
    await queries.save_open(
        tx,
        claimed.id,
        state=state,
        reason=outcome.reason,
        next_at=now + (_again(claimed.tries) if unknown else RUNNING_AGAIN),
        handed_off=late,
    )
    requests = await queries.list_requests(tx, claimed.id)
    if unknown and not claimed.told_unknown:
        await _tell(tx, requests, claimed, state, None)
    if late:
        await events.emit_all(
            tx,
            [
                (r.conversation_id or r.finding_id, HandOffDue(r.finding_id, r.conversation_id, "command_unknown"))
                for r in requests
            ],
        )


def _again(tries: int) -> timedelta:
    seconds = UNKNOWN_SECONDS_MIN * 2 ** min(tries - 1, 10)
    return timedelta(seconds=min(seconds, UNKNOWN_SECONDS_MAX))


async def _tell(
    tx: db.Tx,
    requests: Sequence[queries.Request],
    claimed: queries.Claimed,
    state: CommandState,
    new_finding_id: UUID | None,
) -> None:
    await events.emit_all(
        tx,
        [
            (
                request.conversation_id or request.finding_id,
                CommandFinished(
                    request.finding_id, request.conversation_id, claimed.name, state.value, new_finding_id
                ),
            )
            for request in requests
        ],
    )


# ----------------------------------------------------------------------- follow-ups


async def run_follow_ups(pool: db.Pool, wallet: Wallet, now: datetime) -> int:
    """Look again at findings that are due; return how many were looked at."""
    lease = new_id()
    async with db.transaction(pool) as tx:
        claimed = await queries.claim_follow_ups(
            tx, lease=lease, now=now, until=now + LEASE, limit=BATCH
        )
    done = await asyncio.gather(*(_guarded(_follow_up(pool, wallet, one, lease, now)) for one in claimed))
    return sum(done)


async def _follow_up(
    pool: db.Pool, wallet: Wallet, row: queries.FollowUp, lease: UUID, now: datetime
) -> int:
    async with db.reading(pool) as tx:
        before = await queries.find_finding(tx, row.finding_id)
    if before is None:
        raise RuntimeError(f"follow-up of finding {row.finding_id}, which is not there")
    found = await investigate(
        wallet,
        before.customer_id,
        before.finding.asked,
        before.finding.transaction_id,
        now=now,
        refresh=follow_ups.asks_the_rail(
            row.step, asks_rail=row.asks_rail, now=now, deadline=row.deadline_at
        ),
        zone=_zone_of(before),
    )
    async with db.transaction(pool) as tx:
        if await queries.lock_follow_up(tx, row.finding_id, lease):
            await _write_look(tx, row, before, found, now)
    return 1


async def _write_look(
    tx: db.Tx, row: queries.FollowUp, before: StoredFinding, found: Finding, now: datetime
) -> None:
    """Write what a look has shown: something else, the same, or nothing because the wallet did not answer."""
    if await queries.was_replaced(tx, row.finding_id):
        await queries.end_follow_up(tx, row.finding_id, by="replaced", now=now)
        return
    if found.basis is not None and not found.basis.situation.readable:
        await queries.save_follow_up(
            tx, row.finding_id, step=row.step, next_at=now + UNREAD_AGAIN, deadline_at=row.deadline_at
        )
        return
    if not found.says_the_same(before.finding):
        await _write_change(tx, before, found, now)
        return
    deadline = row.deadline_at
    if deadline is not None and deadline <= now:
        await events.emit(tx, key_of(before), HandOffDue(before.id, before.conversation_id, "overdue"))
        deadline = None
    if now >= row.until_at:
        await queries.end_follow_up(tx, row.finding_id, by="expired", now=now)
        return
    step = row.step + 1
    await queries.save_follow_up(
        tx,
        row.finding_id,
        step=step,
        next_at=follow_ups.next_look(step, asks_rail=row.asks_rail, now=now, deadline=deadline),
        deadline_at=deadline,
    )


async def _write_change(
    tx: db.Tx, before: StoredFinding, found: Finding, now: datetime
) -> None:
    """Keep the new finding in place of the old, and say so."""
    await queries.end_follow_up(tx, before.id, by="changed", now=now)
    new = await store_finding(
        tx,
        found,
        customer_id=before.customer_id,
        conversation_id=before.conversation_id,
        now=now,
    )
    changed = FindingChanged(before.id, new.id, before.conversation_id, found.verdict)
    await events.emit(tx, key_of(before), changed)
    await _hand_off_if_said(tx, new)


async def _hand_off_if_said(tx: db.Tx, new: StoredFinding) -> None:
    """Where the new text says that a colleague is on it, let it be so."""
    if new.finding.hands_off is not None:
        await events.emit(tx, key_of(new), HandOffDue(new.id, new.conversation_id, "verdict"))
