"""What people do in conversations: begin one, say something in it, come, go, and put it aside."""

from network.conversations.services.belonging import (
    close_about,
    has_lapsed,
    join_about,
    leave_about,
    let_lapse_about,
)
from network.conversations.services.opening import (
    MOST_OTHERS,
    add,
    may_start,
    open_about,
    start_direct,
    start_group,
)
from network.conversations.services.stays import keep_draft, leave, mark_read, mute, part, unmute
from network.conversations.services.writing import post, withdraw

__all__ = (
    "MOST_OTHERS",
    "add",
    "close_about",
    "has_lapsed",
    "join_about",
    "keep_draft",
    "leave",
    "leave_about",
    "let_lapse_about",
    "mark_read",
    "may_start",
    "mute",
    "open_about",
    "part",
    "post",
    "start_direct",
    "start_group",
    "unmute",
    "withdraw",
)
