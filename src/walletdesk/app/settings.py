"""Every setting of the product, read once from the environment.

A setting is named `WALLETDESK_<FIELD>`; its unit stands in the name. A value that does not fit is refused with
the name of the setting.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, Final

from walletdesk.guard.links import Policy
from walletdesk.guard.links.hosts import take_apart
from walletdesk.kit.refusal import Kind, Refusal

PREFIX: Final = "WALLETDESK_"


class SettingInvalid(Refusal):
    """A setting has a value that cannot be used."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "app.setting_invalid"


def _default_home() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "walletdesk"


def _setting(effect: str, default: object = MISSING, *, factory: object = MISSING) -> Any:
    extra: dict[str, Any] = {"metadata": {"effect": effect}}
    if factory is not MISSING:
        return field(default_factory=factory, **extra)  # type: ignore[arg-type, call-overload]
    return field(default=default, **extra)


@dataclass(frozen=True, slots=True)
class Settings:
    """How one installation is set up. `metadata["effect"]` is the sentence in the reference."""

    home: Path = _setting(
        "Folder of everything that lasts: keys, attachments, models, the embedded database.",
        factory=_default_home,
    )
    host: str = _setting("Address on which the pages are served.", "127.0.0.1")
    port: int = _setting("TCP port on which the pages are served.", 8000)
    database_url: str = _setting(
        "PostgreSQL server to use (version 15 or newer); empty: the embedded one.", ""
    )
    pool_size_max: int = _setting("Database connections of each process.", 16)
    rails_url: str = _setting(
        "Address of the banks and shops of the reference wallet; empty: the demo's own, in the data folder.", ""
    )
    wallet_url: str = _setting(
        "Address of the operator's own wallet (https, or http on this machine); empty: the reference wallet.", ""
    )
    wallet_key_file: str = _setting(
        "File with the secret (at least 32 bytes) by which that wallet knows the desk's requests.", ""
    )
    wallet_hook_secret_files: tuple[str, ...] = _setting(
        "Files with the secrets (whsec_...) by which the desk knows that wallet's news, separated by commas.", ()
    )
    wallet_tls_file: str = _setting(
        "File (PEM) with the certificate and key that the desk shows to that wallet; empty: none.", ""
    )
    public_url: str = _setting(
        "Address under which people reach the pages, for links; empty: http://HOST:PORT.", ""
    )
    origins: tuple[str, ...] = _setting(
        "Origins besides our own whose pages may use the doors, separated by commas.", ()
    )
    frame_ancestors: tuple[str, ...] = _setting(
        "Sites that may show the chat in a frame, separated by commas; empty: only our own.", ()
    )
    own_domains: tuple[str, ...] = _setting(
        "Domains of the operator's own pages and mail, separated by commas: links to them and below are called its "
        "own, and what imitates them is warned of. The host of PUBLIC_URL is always one of them.",
        (),
    )
    denied_domains: tuple[str, ...] = _setting(
        "Domains that are known to be bad, separated by commas: every link to them and below is called dangerous.", ()
    )
    secure_cookies: bool = _setting(
        "Send cookies over TLS only; switch on wherever people reach the pages by https.",
        False,  # noqa: FBT003 - a default, not a call
    )
    chat_token_ed25519_files: tuple[str, ...] = _setting(
        "Files with Ed25519 public keys (PEM) of wallets that open the chat, separated by commas.", ()
    )
    chat_token_hs256_files: tuple[str, ...] = _setting(
        "Files with shared secrets (at least 32 bytes) of wallets that open the chat.", ()
    )
    log_level: str = _setting("Least level that is logged: debug, info, warning, error.", "info")
    demo_seed: int = _setting("Seed of the demo's simulated world.", 20_260_101)
    demo_customers_count: int = _setting("How many customers the demo's world has.", 200)
    demo_history_days: int = _setting("How many days of history the demo's world has.", 90)
    messages_burst_count: int = _setting(
        "Messages that one person may send within ten seconds; past it he is asked to wait.", 20
    )
    messages_waiting_max: int = _setting(
        "Messages that may wait for the next commit in one process; past it clients are asked to wait.",
        2_000,
    )

    @property
    def links(self) -> Policy:
        """What the operator says of links: its own domains and those that are known to be bad.

        Raises:
            SettingInvalid: One of them names no host.
        """
        return _link_policy(self)

    @property
    def base_url(self) -> str:
        """Where people reach the pages."""
        return self.public_url or f"http://{self.host}:{self.port}"


@lru_cache(maxsize=8)
def _link_policy(settings: Settings) -> Policy:
    public = take_apart(settings.base_url).host.ascii
    return Policy(
        tuple(dict.fromkeys((public, *_hosts("OWN_DOMAINS", settings.own_domains)))),
        tuple(_hosts("DENIED_DOMAINS", settings.denied_domains)),
    )


def _hosts(name: str, values: tuple[str, ...]) -> Iterator[str]:
    """Return domains as hosts; whole addresses and `*.` before a domain are understood."""
    for value in values:
        host = take_apart(value.removeprefix("*.")).host
        if host.broken or not re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+", host.ascii):
            raise SettingInvalid(field=PREFIX + name, reason="domain")
        yield host.ascii


_TRUE: Final = frozenset({"1", "true", "yes", "on"})
_FALSE: Final = frozenset({"0", "false", "no", "off", ""})


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings.

    Raises:
        SettingInvalid: A value has the wrong form, or a name is not a setting's.
    """
    found = os.environ if environment is None else environment
    known = {PREFIX + f.name.upper(): f for f in fields(Settings)}
    values: dict[str, Any] = {}
    for name, text in found.items():
        if not name.startswith(PREFIX) or name in IGNORED:
            continue
        if name not in known:
            raise SettingInvalid(field=name, reason="unknown")
        values[known[name].name] = _read(name, known[name], text)
    settings = Settings(**values)
    _ = settings.links  # refuses a domain that names no host
    return settings


IGNORED: Final = frozenset({"WALLETDESK_SUPERVISED", "WALLETDESK_VENV", "WALLETDESK_SKIP_WEB"})
"""Names of ours in the environment that are not settings but signs between our own processes."""


def _read(name: str, setting: Field[Any], text: str) -> object:
    kind = str(setting.type)
    try:
        return _READERS[kind](text.strip())
    except (ValueError, KeyError) as error:
        raise SettingInvalid(field=name, reason=kind) from error


def _bool(text: str) -> bool:
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise ValueError(text)


def _whole(text: str) -> int:
    value = int(text)
    if value < 0:
        raise ValueError(text)
    return value


def _path(text: str) -> Path:
    if not text:
        raise ValueError(text)
    return Path(text).expanduser()


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


_READERS: Final[dict[str, Callable[[str], object]]] = {
    "Path": _path,
    "str": str,
    "int": _whole,
    "bool": _bool,
    "tuple[str, ...]": _list,
}
