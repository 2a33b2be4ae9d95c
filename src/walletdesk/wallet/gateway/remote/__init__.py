"""The HTTP adapter: an operator's own wallet behind the port `Wallet`, over the contract of `gateway.contract`.

`line` speaks (signed, bounded in time and size, with a circuit breaker per address), `checks` refuses answers that
contradict themselves or the question, `memory` remembers the last answers for a minute, `adapter` is the port.
"""
