"""Outside: the banks, rails and shops that surround the reference wallet, and all that can go wrong with them.

What for   A process of its own that speaks the protocol of rails and shops over HTTP and misbehaves like the
           real ones: late, twice, never, in contradiction to itself, or down. The same seed misbehaves the same.
Owns       schema `world`.
Emits      nothing; its news are polled like those of a real rail.
Hears      nothing.
Looks at   wallet.reference (whose order it is, and the secrets agreed with shops), kit.
"""
