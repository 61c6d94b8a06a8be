"""Measurements and the demonstration: a social graph shaped like Pokec, its queries, and a server to try them on.

Nothing of the server depends on this package. The tests use its generator, its naive reference answers and its
way of running a server process, so that what is measured is also what is proved right.
"""
