"""The doors of the demo wallet's own app: what its customer sees and does. The desk never comes this way."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter, SkipValidation
from litestar.response import Redirect

from walletdesk.guard.masking import mask_name, mask_phone
from walletdesk.kit import clock, db, limits
from walletdesk.kit.i18n import Lang, has_text, lang_of, text
from walletdesk.kit.ids import CustomerId, new_id
from walletdesk.kit.money import Money
from walletdesk.kit.web import WALLET_COOKIE, BodyInvalid, NotSignedIn, Who, session_cookie
from walletdesk.people import actions as people
from walletdesk.people.model import CUSTOMER_SESSION, TOKEN_SECONDS_MAX, ChatClaims, OpenedSession
from walletdesk.people.tokens import Signer
from walletdesk.wallet.reference.accounts import queries as account_queries
from walletdesk.wallet.reference.model import PayeeInvalid, TransactionMissing
from walletdesk.wallet.reference.payments import actions as payments
from walletdesk.wallet.reference.payments import queries as payment_queries
from walletdesk.wallet.reference.rails import queries as rail_queries
from walletdesk.wallet.reference.rails.model import Bank
from walletdesk.wallet.reference.shapes import (
    Account,
    Accounts,
    Amounts,
    BankItem,
    ChatAddress,
    ChatBody,
    Me,
    MerchantItem,
    Merchants,
    PayeeItem,
    Payees,
    PaymentBody,
    TopUpBody,
    Transaction,
    Transactions,
    TransferBody,
)
from walletdesk.wallet.reference.shown import queries
from walletdesk.wallet.reference.transfers import actions as transfers
from walletdesk.wallet.reference.transfers import queries as transfer_queries
from walletdesk.wallet.reference.transfers.model import Payee, Transfer, to_bank, to_nobody, to_wallet

CURRENCY: Final = "CNY"
PAGE_MAX: Final = 100
MERCHANTS_MAX: Final = 200

Pool = NamedDependency[SkipValidation[db.Pool]]
Asker = NamedDependency[Who]

_deeds = limits.Buckets(burst=30, per_seconds=60)
"""How often one customer may move money; people tap slower."""


def _lang(request: Request[Any, Any, Any]) -> Lang:
    """Take the language that the app shows, which the customer may have changed since he signed in."""
    return lang_of(request.headers.get("accept-language"))


def _customer(who: Who) -> CustomerId:
    if who.id is None:
        raise NotSignedIn
    return CustomerId(who.id)


def with_session(response: Response[Any], session: OpenedSession, state: State) -> Response[Any]:
    """Put the cookie of a wallet's session on a response."""
    response.set_cookie(
        session_cookie(
            WALLET_COOKIE,
            session.secret,
            max_age_seconds=int(CUSTOMER_SESSION.total_seconds()),
            secure=bool(state.secure_cookies),
        )
    )
    return response


def _shown(row: queries.MovementRow, lang: Lang) -> Transaction:
    name = row.en if lang == "en" else row.zh
    if row.person:
        name = mask_name(name)
    elif row.account_tail:
        name = f"{name} ({row.account_tail})"
    reason = None
    if row.state in ("failed", "returned") and row.reason and has_text(lang, f"wallet.reason.{row.reason}"):
        words = text(lang, f"wallet.reason.{row.reason}")
        reason = words[:1].upper() + words[1:]
    amount = Amounts(row.amount_minor, row.currency)
    sign: Literal["-", "+"] = "-" if row.outgoing else "+"
    return Transaction(row.id, row.kind, name, amount, sign, row.at, row.state, row.order_no, reason)


async def _movement(tx: db.Tx, customer_id: CustomerId, movement_id: UUID, lang: Lang) -> Transaction:
    row = await queries.find_movement(tx, customer_id, movement_id)
    if row is None:
        raise TransactionMissing
    return _shown(row, lang)


@get("/w/{secret:str}", opt={"permission": "public"})
async def open_by_link(secret: FromPath[str], pool: Pool, state: State) -> Response[None]:
    """Use a one-time link of a customer and go to his wallet."""
    async with db.transaction(pool) as tx:
        session, _ = await people.sign_in_by_link(tx, secret, door="wallet", now=clock.now())
    return with_session(Redirect("/wallet"), session, state)


@get("/api/wallet/me", opt={"permission": "wallet.customer"})
async def me(who: Asker, pool: Pool) -> Me:
    """Say whose wallet it is."""
    async with db.reading(pool) as tx:
        row = await queries.find_owner(tx, _customer(who))
    if row is None:
        raise NotSignedIn
    return Me(row.id, row.name, row.phone_masked, str(row.tier), row.locale, row.large_type)


@get("/api/wallet/accounts", opt={"permission": "wallet.customer"})
async def accounts(who: Asker, pool: Pool) -> Accounts:
    """Return what is on the customer's accounts."""
    async with db.reading(pool) as tx:
        rows = await queries.list_balances(tx, _customer(who))
    now = clock.now()
    found = [Account(str(r.id), r.currency, r.posted, r.held, r.posted - r.held, now) for r in rows]
    return Accounts(found)


def _key(before: str | None) -> tuple[datetime, UUID] | None:
    """Read where a page goes on.

    Raises:
        BodyInvalid: It is none of our keys.
    """
    if before is None:
        return None
    moment, _, movement_id = before.partition("_")
    try:
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None:
            raise ValueError(before)
        return at, UUID(movement_id)
    except ValueError as error:
        raise BodyInvalid(field="before", reason="key") from error


@get("/api/wallet/transactions", opt={"permission": "wallet.customer"})
async def transactions(
    who: Asker,
    pool: Pool,
    request: Request[Any, Any, Any],
    before: Annotated[str | None, QueryParameter(max_length=100)] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MAX)] = 20,
) -> Transactions:
    """List the customer's movements, newest first."""
    async with db.reading(pool) as tx:
        rows = await queries.list_movements(tx, _customer(who), before=_key(before), limit=limit + 1)
    page, lang = rows[:limit], _lang(request)
    following = f"{page[-1].at.isoformat()}_{page[-1].id}" if len(rows) > limit else None
    return Transactions([_shown(row, lang) for row in page], following)


@get("/api/wallet/transactions/{transaction_id:uuid}", opt={"permission": "wallet.customer"})
async def transaction(
    transaction_id: FromPath[UUID], who: Asker, pool: Pool, request: Request[Any, Any, Any]
) -> Transaction:
    """Return one of the customer's movements."""
    async with db.reading(pool) as tx:
        return await _movement(tx, _customer(who), transaction_id, _lang(request))


@get("/api/wallet/payees", opt={"permission": "wallet.customer"})
async def payees(who: Asker, pool: Pool, request: Request[Any, Any, Any]) -> Payees:
    """List to whom the customer has sent money, and his own bank accounts."""
    lang, customer_id = _lang(request), _customer(who)
    async with db.reading(pool) as tx:
        sent = await transfer_queries.list_payees(tx, customer_id)
        known = [one.payee_id for one in sent if one.payee_id is not None]
        wallets = await account_queries.list_wallets(tx, known, CURRENCY)
        own = await account_queries.list_bank_accounts(tx, customer_id)
        banks = {bank.code: bank.en if lang == "en" else bank.zh for bank in await rail_queries.list_banks(tx)}
    phones = {row.customer_id: row.phone_masked for row in wallets}
    return Payees([_payee(one, phones, banks) for one in sent], [
        BankItem(one.bank, banks.get(one.bank, one.bank), one.account_tail) for one in own
    ])  # fmt: skip


def _payee(sent: Transfer, phones: dict[UUID, str], banks: dict[str, str]) -> PayeeItem:
    phone = phones.get(sent.payee_id) if sent.payee_id else None
    bank = banks.get(sent.bank, sent.bank) if sent.bank else None
    return PayeeItem(sent.id, mask_name(sent.payee_name), phone, bank, sent.account_tail)


@get("/api/wallet/merchants", opt={"permission": "wallet.customer"})
async def merchants(pool: Pool, request: Request[Any, Any, Any]) -> Merchants:
    """List the shops that can be paid."""
    lang = _lang(request)
    async with db.reading(pool) as tx:
        found = await payment_queries.list_merchants(tx, limit=MERCHANTS_MAX)
    rows = sorted(found, key=lambda row: row.state != "open")
    return Merchants([MerchantItem(r.id, r.en if lang == "en" else r.zh, r.state) for r in rows])


@post("/api/wallet/payments", opt={"permission": "wallet.customer"}, status_code=200)
async def pay(data: JSONBody[PaymentBody], who: Asker, pool: Pool, request: Request[Any, Any, Any]) -> Transaction:
    """Pay a shop; what is declined comes back as a movement that failed, with its reason."""
    customer_id = _customer(who)
    _deeds.take(str(customer_id))
    async with db.transaction(pool) as tx:
        await payments.pay(
            tx,
            payment_id=data.id,
            customer_id=customer_id,
            merchant_id=data.merchant_id,
            amount=Money(data.amount_minor, CURRENCY),
            order_no=data.order_no,
            source=data.source,
            now=clock.now(),
        )
        return await _movement(tx, customer_id, data.id, _lang(request))


@post("/api/wallet/transfers", opt={"permission": "wallet.customer"}, status_code=200)
async def send(
    data: JSONBody[TransferBody], who: Asker, pool: Pool, state: State, request: Request[Any, Any, Any]
) -> Transaction:
    """Send money to a person or a bank account."""
    customer_id = _customer(who)
    _deeds.take(str(customer_id))
    async with db.transaction(pool) as tx:
        await transfers.send(
            tx,
            transfer_id=data.id,
            customer_id=customer_id,
            payee=await _whom(tx, customer_id, data, state),
            amount=Money(data.amount_minor, CURRENCY),
            mode=data.mode,
            now=clock.now(),
        )
        return await _movement(tx, customer_id, data.id, _lang(request))


async def _whom(tx: db.Tx, customer_id: CustomerId, data: TransferBody, state: State) -> Payee:
    """Find out whom the app means.

    Raises:
        PayeeInvalid: Nobody, more than one, or a payee of somebody else.
    """
    given = [data.payee_id, data.payee_phone, data.bank_account]
    if sum(one is not None for one in given) != 1:
        raise PayeeInvalid(field="payee_id")
    if data.payee_id is not None:
        return await _again(tx, customer_id, data.payee_id)
    if data.payee_phone is not None:
        found = await people.find_customer_by_phone(tx, data.payee_phone, box=state.box)
        if found is None:
            return to_nobody(mask_phone(data.payee_phone), data.name)
        return to_wallet(found.id, data.name)
    number = data.bank_account or ""
    return to_bank(bank_of(number, await rail_queries.list_banks(tx)).code, number[-4:], data.name)


async def _again(tx: db.Tx, customer_id: CustomerId, transfer_id: UUID) -> Payee:
    """Return the payee of an earlier transfer of this customer, whose name was right then."""
    before = await transfer_queries.find_transfer(tx, customer_id, transfer_id)
    if before is None:
        raise PayeeInvalid(field="payee_id")
    if before.payee_id is not None:
        return to_wallet(before.payee_id)
    if before.bank is None or before.account_tail is None:
        raise PayeeInvalid(field="payee_id")
    return to_bank(before.bank, before.account_tail, before.payee_name)


def bank_of(number: str, banks: list[Bank]) -> Bank:
    """Say at which bank an account is. The leading digits decide, as real issuer numbers do (ISO/IEC 7812).

    Raises:
        PayeeInvalid: This wallet reaches no bank at all.
    """
    if not banks:
        raise PayeeInvalid(field="bank_account")
    return sorted(banks, key=lambda bank: bank.code)[int(number[:6]) % len(banks)]


@post("/api/wallet/top-ups", opt={"permission": "wallet.customer"}, status_code=200)
async def top_up(data: JSONBody[TopUpBody], who: Asker, pool: Pool, request: Request[Any, Any, Any]) -> Transaction:
    """Bring money in from one of the customer's own bank accounts."""
    customer_id = _customer(who)
    _deeds.take(str(customer_id))
    async with db.transaction(pool) as tx:
        await transfers.top_up(
            tx,
            transfer_id=data.id,
            customer_id=customer_id,
            bank=data.bank,
            amount=Money(data.amount_minor, CURRENCY),
            now=clock.now(),
        )
        return await _movement(tx, customer_id, data.id, _lang(request))


@post("/api/wallet/chat-token", opt={"permission": "wallet.customer"}, status_code=200)
async def open_chat(
    data: JSONBody[ChatBody], who: Asker, pool: Pool, state: State, request: Request[Any, Any, Any]
) -> ChatAddress:
    """Vouch for the customer at the desk, with what he is looking at."""
    customer_id, now, lang = _customer(who), clock.now(), _lang(request)
    if data.transaction_id is not None:
        async with db.reading(pool) as tx:
            await _movement(tx, customer_id, data.transaction_id, lang)
    claims = ChatClaims(
        customer_id,
        str(new_id()),
        now + timedelta(seconds=TOKEN_SECONDS_MAX),
        locale=lang,
        transaction_id=data.transaction_id,
        page=data.page,
    )
    signer: Signer = state.signer
    return ChatAddress(f"/chat?ctx={signer.sign(claims, now=now)}")


@post("/api/wallet/sign-out", opt={"permission": "wallet.customer"}, status_code=204)
async def sign_out(who: Asker, pool: Pool) -> Response[None]:
    """End this session."""
    async with db.transaction(pool) as tx:
        await people.sign_out(tx, who, now=clock.now())
    response = Response(None, status_code=204)
    response.delete_cookie(WALLET_COOKIE)
    return response


ROUTES = [
    open_by_link, me, accounts, transactions, transaction, payees, merchants, pay, send, top_up, open_chat, sign_out,
]  # fmt: skip
