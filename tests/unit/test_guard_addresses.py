"""Blockchain addresses are checked against the published vectors of their specifications."""

from __future__ import annotations

import hashlib

import pytest

from walletdesk.guard.addresses import (
    Checked,
    Network,
    Outcome,
    Sent,
    Verdict,
    after_sending,
    base58,
    bech32,
    check,
    find,
    look_alike,
)
from walletdesk.guard.addresses.checking import crc16, eip55
from walletdesk.guard.addresses.keccak import FIPS_PADDING, keccak256
from walletdesk.guard.addresses.model import EVM

V, N = Verdict, Network
ETH = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
TRON_USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
XRP = "rGWrZyQqhTp9Xu7G5Pkayo7bXjH4k4QYpf"
STELLAR = "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ"
TON = "EQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPrHF"


def verdict(address: str, **more: object) -> Verdict:
    return check(address, **more).verdict  # type: ignore[arg-type]


# --- Keccak-256: the vectors of the reference, and the same permutation under the padding of FIPS 202 ---


def test_keccak_gives_the_published_digests() -> None:
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak256(b"abc").hex() == "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"


@pytest.mark.parametrize("length", [0, 1, 135, 136, 137, 271, 272, 500])
def test_with_the_padding_of_the_standard_keccak_is_sha3(length: int) -> None:
    data = bytes(range(256)) * 2

    assert keccak256(data[:length], padding=FIPS_PADDING) == hashlib.sha3_256(data[:length]).digest()
    assert keccak256(data[:length]) != hashlib.sha3_256(data[:length]).digest()


# --- Ethereum: the vectors of EIP-55 ---------------------------------------------------------------

EIP55 = [
    "0x52908400098527886E0F7030069857D2E4169EE7", "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
    "0xde709f2102306220921060314715629080e2fb77", "0x27b1fdb04752bbc536007a920d24acb045561c26",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
]  # fmt: skip


@pytest.mark.parametrize("address", EIP55)
def test_the_case_of_an_ethereum_address_is_its_checksum(address: str) -> None:
    assert eip55(address.lower()) == address
    assert check(address) == Checked(address, V.VALID_EVM, EVM)


@pytest.mark.parametrize("address", EIP55[4:])
def test_one_letter_in_the_wrong_case_is_seen(address: str) -> None:
    at = next(i for i, c in enumerate(address) if i > 1 and c.isalpha())

    assert verdict(address[:at] + address[at].swapcase() + address[at + 1 :]) is V.BAD_CASE
    assert verdict(address.lower()) is V.EVM_NO_CHECKSUM
    assert verdict("0x" + address[2:].upper()) is V.EVM_NO_CHECKSUM
    assert verdict(address[:-1]) is V.UNKNOWN_FORM


def test_without_a_letter_there_is_no_checksum() -> None:
    assert verdict("0x" + "1" * 40) is V.EVM_NO_CHECKSUM


# --- Bitcoin: Base58Check (vectors of Bitcoin Core's tests), Bech32, Bech32m (BIP 173, BIP 350) ---


@pytest.mark.parametrize(
    ("address", "found", "payload"),
    [
        ("1FsSia9rv4NeEwvJ2GvXrX7LyxYspbN2mo", V.VALID_BTC, "a31c06bd463e3923bc1aadbde48b16976c080717"),
        ("36j4NfKv6Akva9amjWrLG6MuSQym1GuEmm", V.VALID_BTC, "373b819a068f32b7a6b38b6b38729647cfde01c2"),
        ("1FjL87pn8ky6Vbavd1ZHeChRXtoxwRGCRd", V.VALID_BTC, "a19331b7b2627e663e25a7b001e4c0dcc5e21bc7"),
        ("3BZECeAH8gSKkjrTx8PwMrNQBLG18yHpvf", V.VALID_BTC, "6c382dcdf5b284760c8e3fead91f7422cd76aa87"),
        ("mzK2FFDEhxqHcmrJw1ysqFkVyhUULo45hZ", V.TESTNET, "ce28b26c57472737f5c3561a1761185bd8589a43"),
        ("2NC2hEhe28ULKAJkW5MjZ3jtTMJdvXmByvK", V.TESTNET, "ce0bba75891ff9ec60148d4bd4a09ee2dc5c9331"),
        ("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", V.VALID_TRON, "a614f803b6fd780986a42c78ec9c7f77e6ded13c"),
    ],
)
def test_base58_addresses_of_the_vectors_are_read(address: str, found: Verdict, payload: str) -> None:
    body = base58.decode_checked(address)

    assert body is not None
    assert body[1:].hex() == payload
    assert verdict(address) is found
    assert verdict(address[:-1] + ("1" if address[-1] != "1" else "2")) is V.BAD_CHECKSUM


def test_a_form_that_several_coins_share_is_said_to_be_ambiguous() -> None:
    found = check("36j4NfKv6Akva9amjWrLG6MuSQym1GuEmm")

    assert found.ambiguous
    assert found.networks == {N.BITCOIN, N.LITECOIN}


BECH32M = [
    "A1LQFN3A", "a1lqfn3a",
    "an83characterlonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11sg7hg6",
    "abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx",
    "11llllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllludsr8",
    "split1checkupstagehandshakeupstreamerranterredcaperredlc445v", "?1v759aa",
]  # fmt: skip
NOT_BECH32M = [
    "\x201xj0phk", "\x7f1g6xzxy", "\x801vctc34",
    "an84characterslonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11d6pts4", "qyrz8wqd2c9m",
    "1qyrz8wqd2c9m", "y1b0jsk6g", "lt1igcx5c0", "in1muywd", "mm1crxm3i", "au1s5cgom", "M1VUXWEZ", "16plkw9", "1p2gdwpf",
]  # fmt: skip


def test_bech32m_texts_of_bip_350_are_told_apart() -> None:
    read = [bech32.decode(text) for text in BECH32M]

    assert [found and found[2] for found in read] == [bech32.Encoding.BECH32M] * len(BECH32M)
    assert [text for text in NOT_BECH32M if bech32.decode(text) is not None] == []


SEGWIT = [
    ("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "0014751e76e8199196d454941c45d1b3a323f1433bd6"),
    (
        "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
        "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262",
    ),
    (
        "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
        "5128751e76e8199196d454941c45d1b3a323f1433bd6751e76e8199196d454941c45d1b3a323f1433bd6",
    ),
    ("BC1SW50QGDZ25J", "6002751e"),
    ("bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", "5210751e76e8199196d454941c45d1b3a323"),
    (
        "tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy",
        "0020000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433",
    ),
    (
        "tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c",
        "5120000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433",
    ),
    (
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
    ),
]


@pytest.mark.parametrize(("address", "script"), SEGWIT)
def test_witness_addresses_of_bip_350_are_read(address: str, script: str) -> None:
    found = bech32.witness(address)
    assert found is not None
    _, version, program, _ = found
    opcode = version + 0x50 if version else 0

    assert f"{opcode:02x}{len(program):02x}{program.hex()}" == script
    assert verdict(address) is (V.TESTNET if address.startswith("tb") else V.VALID_BTC_SEGWIT)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut", V.UNKNOWN_FORM),
        ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd", V.WRONG_ENCODING),
        ("tb1z0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqglt7rf", V.WRONG_ENCODING),
        ("BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL", V.WRONG_ENCODING),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh", V.WRONG_ENCODING),
        ("tb1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq24jc47", V.WRONG_ENCODING),
        ("bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4", V.BAD_CHECKSUM),
        ("BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R", V.BAD_CHECKSUM),
        ("bc1pw5dgrnzv", V.BAD_CHECKSUM),
        ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav", V.BAD_CHECKSUM),
        ("BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", V.BAD_CHECKSUM),
        ("tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq", V.BAD_CASE),
        ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf", V.BAD_CHECKSUM),
        ("tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j", V.BAD_CHECKSUM),
        ("bc1gmk9yu", V.BAD_CHECKSUM),
    ],
)
def test_the_invalid_witness_addresses_of_bip_350_are_refused(address: str, found: Verdict) -> None:
    assert verdict(address) is found


# --- coins with a tag ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "tag"),
    [
        ("XVLhHMPHU98es4dbozjVtdWzVrDjtV5fdx1mHp98tDMoQXb", None),
        ("XVLhHMPHU98es4dbozjVtdWzVrDjtV8AqEL4xcZj5whKbmc", "0"),
        ("XVLhHMPHU98es4dbozjVtdWzVrDjtV8xvjGQTYPiAx6gwDC", "1"),
        ("X7d3eHCXzwBeWrZec1yT24iZerQjYLo2CJf8oVC5CMWey5m", "11747"),
        ("XVLhHMPHU98es4dbozjVtdWzVrDjtV18pX8yuPT7y4xaEHi", "4294967295"),
    ],
)
def test_x_addresses_of_the_xrp_ledger_carry_their_tag(address: str, tag: str | None) -> None:
    found = check(address)

    assert (found.verdict, found.networks, found.tag) == (V.VALID_XRP, {N.XRP}, tag)
    assert check(address, wants_tag=True).verdict is (V.VALID_XRP if tag else V.MISSING_TAG)


def test_other_addresses_with_tags_are_read_by_their_vectors() -> None:
    assert verdict(XRP) is V.VALID_XRP
    assert verdict("TVE26TYGhfLC7tQDno7G8dGtxSkYQn49b3qD26PK7FcGSKE") is V.TESTNET
    assert verdict("X7AcgcsBL6XDcUb289X4mJ8djcdyKaGZMhc9YTE92ehJ2Fx") is V.BAD_CHECKSUM
    assert verdict(XRP[:-1] + "g") is V.BAD_CHECKSUM
    assert verdict(STELLAR) is V.VALID_STELLAR
    assert verdict("GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGA") is V.BAD_CHECKSUM
    muxed = check("MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUQ")
    assert (muxed.verdict, muxed.tag) == (V.VALID_STELLAR, "0")
    assert verdict(TON) is V.VALID_TON
    assert verdict("UQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPuwA") is V.VALID_TON
    assert verdict("kQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPgpP") is V.TESTNET
    assert verdict("EQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPrHG") is V.BAD_CHECKSUM
    assert crc16(b"123456789") == 0x31C3


# --- where it is used ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "network", "found"),
    [
        (TRON_USDT, N.TRON, V.VALID_TRON),
        (TRON_USDT, N.ETHEREUM, V.WRONG_NETWORK),
        (ETH, N.TRON, V.WRONG_NETWORK),
        (ETH, N.BNB, V.VALID_EVM),
        (ETH, None, V.VALID_EVM),
        ("bc1qvyq0cc6rahyvsazfdje0twl7ez82ndmuac2lhv", N.LITECOIN, V.WRONG_NETWORK),
        ("1FsSia9rv4NeEwvJ2GvXrX7LyxYspbN2mo", N.BITCOIN, V.VALID_BTC),
        (ETH[:-1] + "c", N.TRON, V.BAD_CASE),
    ],
)
def test_an_address_of_another_network_is_seen(address: str, network: Network | None, found: Verdict) -> None:
    assert verdict(address, network=network) is found


def test_a_tag_is_missed_where_a_platform_needs_one() -> None:
    assert verdict(XRP, wants_tag=True) is V.MISSING_TAG
    assert verdict(XRP, wants_tag=True, tag=" ") is V.MISSING_TAG
    assert verdict(XRP, wants_tag=True, tag="104729") is V.VALID_XRP
    assert verdict(XRP) is V.VALID_XRP
    assert verdict(ETH, wants_tag=True) is V.VALID_EVM
    assert verdict(TON, wants_tag=True) is V.MISSING_TAG


def test_an_address_that_imitates_a_known_one_is_seen() -> None:
    imitation = eip55("0x5aaeb6" + "0" * 30 + "eaed")
    assert (imitation[2:6].lower(), imitation[-4:].lower()) == (ETH[2:6].lower(), ETH[-4:].lower())

    found = check(imitation, known=["0x" + "9" * 40, ETH])

    assert (found.verdict, found.like) == (V.LOOK_ALIKE, ETH)
    assert verdict(ETH, known=[ETH]) is V.VALID_EVM
    assert verdict(ETH.lower(), known=[ETH]) is V.EVM_NO_CHECKSUM
    assert look_alike("TR7Nxxxxj6t", [TRON_USDT]) is None
    assert look_alike("TR7N" + "1" * 26 + "Lj6t", [TRON_USDT]) == TRON_USDT


def test_both_ends_of_an_address_are_shown_to_be_compared() -> None:
    assert check(ETH).ends == "0x5aAe…eAed"
    assert check(TRON_USDT).ends == "TR7N…Lj6t"


@pytest.mark.parametrize(
    "secret",
    [
        "5JuW2AMDYu4xVwRG9DZW18VbzQrGcd5RCgb99sS6ehJsNQXu5b9", "L5nJeqKmpHp4P7F8ZYyjwc5a7P4d8EabuGAzfGJk7yC1BJyzNaEd",
        "legal winner thank year wave sausage worth useful legal winner thank yellow",
    ],
)  # fmt: skip
def test_a_key_is_told_from_an_address_and_not_shown(secret: str) -> None:
    found = check(secret)

    assert found.verdict is V.SECRET_KEY
    assert found.ends == ""


@pytest.mark.parametrize("text", ["", " ", "hello", "0x", "0x123", "bc1", "1" * 34, "T" * 34, "中文", "0X" + "a" * 40])
def test_what_has_no_known_form_or_checksum_is_never_valid(text: str) -> None:
    assert not check(text).verdict.good
    assert verdict("0x" + "ab" * 32) is V.TRANSACTION_HASH


def test_addresses_are_found_in_what_people_write() -> None:
    text = f"我转到{TRON_USDT}了,不是 {ETH},也不是bc1qvyq0cc6rahyvsazfdje0twl7ez82ndmuac2lhv。tag 1047, {ETH}"

    assert find(text) == [TRON_USDT, ETH, "bc1qvyq0cc6rahyvsazfdje0twl7ez82ndmuac2lhv"]
    assert find("订单 20260105-8841,0x12,https://a.com/1FsSia9rv4NeEwvJ2GvXrX7LyxYspbN2moX") == []


# --- after sending ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "outcome"),
    [
        (Sent(), Outcome.UNKNOWN),
        (Sent(confirmed=False, replaceable=True), Outcome.REPLACE_POSSIBLE),
        (Sent(confirmed=False), Outcome.UNKNOWN),
        (Sent(confirmed=True, look_alike=True), Outcome.SCAM),
        (Sent(confirmed=False, replaceable=True, look_alike=True), Outcome.REPLACE_POSSIBLE),
        (Sent(confirmed=True, same_key=True), Outcome.RECOVERABLE_SAME_KEY),
        (Sent(confirmed=True, custodian=True), Outcome.ASK_CUSTODIAN),
        (Sent(confirmed=True, contract=True), Outcome.UNKNOWN),
        (Sent(confirmed=True, same_key=False, custodian=False, contract=True, withdrawable=False), Outcome.LIKELY_LOST),
        (
            Sent(confirmed=True, same_key=False, custodian=False, contract=True, withdrawable=True),
            Outcome.ASK_CUSTODIAN,
        ),
        (Sent(confirmed=True, same_key=False, custodian=False, contract=False), Outcome.IRREVERSIBLE),
        (Sent(confirmed=True, same_key=False, custodian=False), Outcome.UNKNOWN),
    ],
)
def test_nothing_is_called_lost_while_a_fact_is_open(sent: Sent, outcome: Outcome) -> None:
    assert after_sending(sent) is outcome
