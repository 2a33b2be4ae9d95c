"""What people say beside an address: on which network, with which tag, whether the payee is a platform."""

from __future__ import annotations

import re
from typing import Final

from walletdesk.guard.addresses.model import Network

_NETWORKS: Final[tuple[tuple[Network, re.Pattern[str]], ...]] = tuple(
    (network, re.compile(pattern, re.IGNORECASE))
    for network, pattern in (
        (Network.TRON, r"trc-?(?:20|10)|波场|(?<![a-z])tron(?![a-z])|(?<![a-z])trx(?![a-z])"),
        (Network.ETHEREUM, r"erc-?20|以太坊|ethereum|(?<![a-z])eth(?![a-z])"),
        (Network.BNB, r"bep-?20|币安智能链|(?<![a-z])bsc(?![a-z])|(?<![a-z])bnb(?![a-z])"),
        (Network.POLYGON, r"polygon|(?<![a-z])matic(?![a-z])"),
        (Network.ARBITRUM, r"arbitrum"),
        (Network.OPTIMISM, r"optimism"),
        (Network.AVALANCHE, r"avalanche|雪崩链|(?<![a-z])avax(?![a-z])"),
        (Network.BITCOIN, r"比特币|bitcoin|(?<![a-z])btc(?![a-z])"),
        (Network.LITECOIN, r"莱特币|litecoin|(?<![a-z])ltc(?![a-z])"),
        (Network.DOGECOIN, r"狗狗币|dogecoin|(?<![a-z])doge(?![a-z])"),
        (Network.XRP, r"瑞波|ripple|(?<![a-z])xrp(?![a-z])"),
        (Network.STELLAR, r"恒星币|stellar|(?<![a-z])xlm(?![a-z])"),
        (Network.TON, r"toncoin|(?<![a-z])ton(?![a-z])"),
    )
)
_TAG: Final = re.compile(
    r"(?:(?<![a-z])(?:destination tag|tag|memo)(?![a-z])|标签|备注码?)\s{0,3}(?:是|为|is|:|:|=)?\s{0,3}"
    r"([0-9]{1,10}|(?=[A-Za-z]{0,27}[0-9])[A-Za-z0-9]{4,28})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_PLATFORM: Final = re.compile(
    r"交易所|平台|币安|欧易|火币|exchange|binance|okx|coinbase|kraken|bybit|huobi", re.IGNORECASE
)


def named_network(text: str) -> Network | None:
    """Return the network that a text names; None where it names none or several."""
    found = [network for network, pattern in _NETWORKS if pattern.search(text)]
    return found[0] if len(found) == 1 else None


def named_tag(text: str) -> str | None:
    """Return the memo or tag that a text names."""
    match = _TAG.search(text)
    return match[1] if match else None


def names_platform(text: str) -> bool:
    """Say whether the payee is a platform, where many customers share one address."""
    return _PLATFORM.search(text) is not None
