"""World: a simulated world under a seeded clock.

What for   One simulator for the demo's data, the tests' situations and the load: customers, shops, banks, ninety
           days of history, one persona for each situation that can be diagnosed, and faults to be switched on live.
Owns       schema `world`; what it makes beside it stands in the rooms' own tables.
Emits      nothing.
Hears      nothing.
Looks at   wallet.reference, people, kit.
"""
