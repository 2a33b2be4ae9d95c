"""Measurements: what the product does beside the limit of the same server, in the same run.

Machines are shared and noisy, so no figure here is a time to be compared with another day's: each bench runs the
product and its limit in turns and reports their ratios.
"""
