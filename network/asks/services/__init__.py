"""Sending and answering asks."""

from network.asks.services.answering import (
    LONGEST_REASON,
    SHORTEST_REASON,
    accept,
    as_reason,
    close,
    close_between,
    decline,
    let_go,
    reword,
    take_back,
    withdraw,
)
from network.asks.services.sending import (
    TooSoon,
    last_between,
    last_sent,
    let_lapse,
    may_ask,
    place,
    send,
)

__all__ = [
    "LONGEST_REASON",
    "SHORTEST_REASON",
    "TooSoon",
    "accept",
    "as_reason",
    "close",
    "close_between",
    "decline",
    "last_between",
    "last_sent",
    "let_go",
    "let_lapse",
    "may_ask",
    "place",
    "reword",
    "send",
    "take_back",
    "withdraw",
]
