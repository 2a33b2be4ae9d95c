"""The reference wallet as a program of its own: served on a port, asked over a real network, pushing its news."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx

from tests.support.swept import Swept
from tests.support.wallet_people import ANNA, Town, settle_in

from tests.integration.test_gateway_contract import free_port  # isort: skip
from walletdesk.app.doctor import _of_wallet
from walletdesk.app.serving import Serving, make_secrets, serve_wallet
from walletdesk.app.settings import Settings
from walletdesk.app.wallets import hook_secret_of, key_of
from walletdesk.kit import clock, db, tasks
from walletdesk.wallet.gateway.conformance.http import listening
from walletdesk.wallet.gateway.conformance.model import Verdict
from walletdesk.wallet.gateway.conformance.probe import Ear, Probe
from walletdesk.wallet.gateway.conformance.run import run
from walletdesk.wallet.gateway.remote.adapter import RemoteWallet
from walletdesk.wallet.gateway.remote.line import Line


def test_secrets_are_made_once_and_for_their_owner_only(tmp_path: Path) -> None:
    key, hook = make_secrets(tmp_path / "new")
    before = key.read_bytes(), hook.read_bytes()
    assert make_secrets(tmp_path / "new") == (key, hook)
    assert (key.read_bytes(), hook.read_bytes()) == before
    assert {path.stat().st_mode & 0o777 for path in (key, hook)} == {0o600}
    assert len(key_of(str(key), "K")) >= 32
    assert len(hook_secret_of(str(hook), "H")) == 32


async def test_served_it_keeps_every_sentence_of_the_contract_and_ends_when_it_is_told(
    swept_server: Swept, swept_pool: db.Pool, tmp_path: Path
) -> None:
    town = Town(swept_pool, clock.VirtualClock(clock.now()))
    async with db.transaction(swept_pool) as tx:
        await settle_in(tx, now=clock.now())
    for minor in (1_500, 700, 1_500):
        await town.pay(minor)
        await town.top_up(minor)
    await town.work()
    key, hook = make_secrets(tmp_path)
    port, ear_port, told = free_port(), free_port(), asyncio.Event()
    serving = Serving("127.0.0.1", port, key, hook, f"http://127.0.0.1:{ear_port}/", with_world=False)
    settings = Settings(home=tmp_path, database_url=swept_server.dsn)

    def tell(step: str, detail: str) -> None:
        assert (step, detail) == ("serving", f"http://127.0.0.1:{port}")
        told.set()

    stop = asyncio.Event()
    running = tasks.spawn(serve_wallet(settings, swept_server.dsn, serving, tell=tell, stop=stop), name="wallet")
    await asyncio.wait_for(told.wait(), 20)
    secret = key_of(str(key), "K")
    ear = Ear(hook_secret_of(str(hook), "H"), wait_seconds=20)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client, listening(ear, "127.0.0.1", ear_port):
        await _until_it_answers(client)
        found = [one async for one in run(Probe(client, secret, ANNA, ear=ear))]
        check = await _of_wallet(RemoteWallet(Line(client, secret)))
    stop.set()
    await asyncio.wait_for(running, 10)

    assert [(one.name, one.detail) for one in found if one.verdict is not Verdict.OK] == []
    assert (check.ok, "walletdesk answers" in check.detail) == (True, True)


async def _until_it_answers(client: httpx.AsyncClient) -> None:
    for _ in range(200):
        try:
            await client.get("/v1/capabilities")
        except httpx.ConnectError:
            await asyncio.sleep(0.05)
        else:
            return
    raise AssertionError("the wallet does not answer")


async def test_the_doctor_says_that_a_wallet_does_not_answer() -> None:
    async with httpx.AsyncClient(base_url="http://127.0.0.1:9") as client:
        found: Any = await _of_wallet(RemoteWallet(Line(client, b"k" * 32)))
    assert (found.ok, found.detail) == (False, "gateway.wallet_away ConnectError")
