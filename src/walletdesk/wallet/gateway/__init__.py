"""Gateway: how the desk sees any wallet.

What for   One port (`model.Wallet`) with an embedded adapter for the reference wallet; an operator's own
           wallet is reached through an adapter of the same port and cannot be told apart.
Owns       schema `gateway`.
Emits      nothing.
Hears      nothing.
Looks at   wallet.reference (the embedded adapter only).
"""
