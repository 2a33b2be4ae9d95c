"""Tries every sentence of the contract, one after the other."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncGenerator, Sequence

from walletdesk.wallet.gateway.conformance import access, acting, feed, pushes, reading
from walletdesk.wallet.gateway.conformance.model import Check, Failed, Result, Skipped, Verdict
from walletdesk.wallet.gateway.conformance.probe import Probe

CHECKS: tuple[Check, ...] = (*access.CHECKS, *reading.CHECKS, *feed.CHECKS, *acting.CHECKS, *pushes.CHECKS)

_log = logging.getLogger(__name__)


async def run(probe: Probe, checks: Sequence[Check] = CHECKS) -> AsyncGenerator[Result]:
    """Try each check and yield what it found."""
    for check in checks:
        started = time.perf_counter()
        verdict, detail = await _tried(check, probe)
        yield Result(check.name, verdict, detail, round(time.perf_counter() - started, 3))


async def _tried(check: Check, probe: Probe) -> tuple[Verdict, str]:
    try:
        await check.run(probe)
    except Failed as failed:
        return Verdict.FAILED, str(failed)
    except Skipped as skipped:
        return Verdict.SKIPPED, str(skipped)
    return Verdict.OK, ""
