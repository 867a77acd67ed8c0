"""Asks: every request of one party to another, with one state machine, one set of guards and one
inbox.
"""
