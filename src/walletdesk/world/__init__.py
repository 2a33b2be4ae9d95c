"""World: a simulated world under a seeded clock.

What for   One simulator for the demo's data, the tests' situations and the load: customers, shops, banks,
           agents, history and faults. The same seed makes the same world.
Owns       schema `world`: nothing yet; what it makes stands in the rooms' own tables.
Looks at   wallet.reference, people, kit.
"""
