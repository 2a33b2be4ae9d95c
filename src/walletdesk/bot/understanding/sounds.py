"""How Chinese sounds, as the whole house hears it."""

from walletdesk.kit.sounds import inventory, is_pinyin, of_characters, parse

__all__ = ["inventory", "is_pinyin", "of_characters", "parse"]
