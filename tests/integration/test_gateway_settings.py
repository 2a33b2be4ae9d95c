"""Which wallet the desk sees is a setting; a customer whom only that wallet knows may open the chat."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.support.wallet_people import ANNA
from walletdesk.app.settings import Settings
from walletdesk.app.wallets import WalletSettingInvalid, wallet_of
from walletdesk.channels.web.learning import learn
from walletdesk.kit import db
from walletdesk.kit.ids import CustomerId
from walletdesk.people import actions as people
from walletdesk.people import queries
from walletdesk.people.model import ChatClaims, TokenInvalid
from walletdesk.wallet.gateway.embedded import EmbeddedWallet
from walletdesk.wallet.gateway.model import CustomerView
from walletdesk.wallet.gateway.remote.adapter import RemoteWallet

from tests.conftest import NOON  # isort: skip


def chosen(tmp_path: Path, **settings: Any) -> Any:
    return wallet_of(Settings(home=tmp_path, **settings), None, None)  # type: ignore[arg-type]


def key(tmp_path: Path, text: str = "k" * 40) -> str:
    (tmp_path / "key").write_text(text + "\n")
    return str(tmp_path / "key")


async def test_without_an_address_the_desk_sees_the_reference_wallet(tmp_path: Path) -> None:
    found = chosen(tmp_path)
    assert (type(found.wallet), found.remote, found.client) == (EmbeddedWallet, False, None)


async def test_with_an_address_it_sees_that_wallet(tmp_path: Path) -> None:
    for url in ("https://wallet.example/desk/", "http://127.0.0.1:8100", "http://localhost:8100"):
        found = chosen(tmp_path, wallet_url=url, wallet_key_file=key(tmp_path))
        assert (type(found.wallet), found.remote) == (RemoteWallet, True)
        assert found.client.base_url.path.rstrip("/") == ("/desk" if "desk" in url else "")
        await found.client.aclose()


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"wallet_url": "http://wallet.example"}, "WALLETDESK_WALLET_URL"),
        ({"wallet_url": "wallet.example"}, "WALLETDESK_WALLET_URL"),
        ({"wallet_url": "ftp://wallet.example"}, "WALLETDESK_WALLET_URL"),
        ({"wallet_url": "https://wallet.example?x=1"}, "WALLETDESK_WALLET_URL"),
        ({"wallet_url": "https://wallet.example", "wallet_key_file": ""}, "WALLETDESK_WALLET_KEY_FILE"),
        ({"wallet_url": "https://wallet.example", "wallet_key_file": "/nowhere"}, "WALLETDESK_WALLET_KEY_FILE"),
        ({"wallet_url": "https://wallet.example", "wallet_tls_file": "/nowhere"}, "WALLETDESK_WALLET_TLS_FILE"),
        (
            {"wallet_url": "https://wallet.example", "wallet_hook_secret_files": ("/nowhere",)},
            "WALLETDESK_WALLET_HOOK_SECRET_FILES",
        ),
    ],
)
async def test_what_cannot_work_is_refused_with_the_name_of_the_setting(
    tmp_path: Path, settings: dict[str, Any], field: str
) -> None:
    with pytest.raises(WalletSettingInvalid) as caught:
        chosen(tmp_path, **{"wallet_key_file": key(tmp_path), **settings})
    assert caught.value.field == field


async def test_a_short_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WalletSettingInvalid):
        chosen(tmp_path, wallet_url="https://wallet.example", wallet_key_file=key(tmp_path, "short"))


class Elsewhere:
    """A wallet that knows one customer."""

    def __init__(self) -> None:
        self.asked = 0

    async def customer(self, customer_id: CustomerId) -> CustomerView | None:
        self.asked += 1
        if customer_id != ANNA:
            return None
        return CustomerView(
            ANNA, "Anna " + "x" * 90, "199****0001", 9, "en-GB", large_type=True, since=NOON
        )


async def test_a_customer_is_learned_when_he_opens_the_chat_and_his_number_is_not(
    swept_pool: db.Pool, clock_at: Any
) -> None:
    wallet: Any = Elsewhere()
    with clock_at(NOON):
        for _ in range(2):
            await learn(swept_pool, wallet, ANNA)
            async with db.transaction(swept_pool) as tx:
                claims = ChatClaims(ANNA, str(uuid4()), NOON)
                chat = await people.open_chat_session(tx, claims, locale=None, now=NOON)
                found = await queries.find_customer(tx, ANNA)
                assert await queries.find_sealed_phone(tx, ANNA) is None
    assert found is not None
    assert (len(found.name), found.locale, found.large_type, found.tier) == (80, "en", True, 3)
    assert (chat.who.id, chat.locale, chat.large_type) == (ANNA, "en", True)
    assert wallet.asked == 1


async def test_whom_the_wallet_does_not_know_stays_outside(swept_pool: db.Pool, clock_at: Any) -> None:
    stranger = CustomerId(uuid4())
    with clock_at(NOON):
        await learn(swept_pool, Elsewhere(), stranger)  # type: ignore[arg-type]
        with pytest.raises(TokenInvalid):
            async with db.transaction(swept_pool) as tx:
                claims = ChatClaims(stranger, str(uuid4()), NOON)
                await people.open_chat_session(tx, claims, locale=None, now=NOON)
