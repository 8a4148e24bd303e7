"""Worlds in which a programme has no effect: who says that it has?

``python -m tests.simulations`` (``make simulate``) prints the whole table; a small part of it is
among the tests.
"""
