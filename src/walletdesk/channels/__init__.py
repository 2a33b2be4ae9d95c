"""The channels' wing: the ways by which people reach the desk; blind to the bot beside it."""
