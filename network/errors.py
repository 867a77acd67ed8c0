"""What the network refuses, in sentences a person may read. Raised by access and services, mapped
once.
"""

from __future__ import annotations

from datetime import timedelta

from network.translation import _


class Refusal(Exception):  # the house calls a no a refusal
    """A request that is turned down: an HTTP status and a sentence for the person."""

    status = 400
    sentence = _("That did not go through. Nothing was sent. Try again.")

    def __init__(self, sentence: str | None = None) -> None:
        super().__init__(sentence or str(type(self).__name__))
        if sentence is not None:
            self.sentence = sentence


class NotFound(Refusal):
    """Unknown, hidden and forbidden alike: the answer never says which."""

    status = 404
    sentence = _(
        "There is nothing here that you can see. It may have moved, or not be yours to read."
    )


class NotAllowed(Refusal):
    """The person may see the thing but may not do this with it."""

    status = 403
    sentence = _("That is not yours to do.")


class Conflict(Refusal):
    """The thing changed before the answer arrived."""

    status = 409
    sentence = _("This was already answered.")


class Invalid(Refusal):
    """Input that cannot be kept; `field` names the form field it belongs to."""

    status = 422

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class TooMany(Refusal):
    """More at once than one person sends."""

    status = 429
    sentence = _("That was a lot at once. Wait a minute; nothing is lost.")


class Busy(Refusal):
    """The store could not take the change in time; the same request may be sent again."""

    status = 503
    retry_after = timedelta(seconds=2)
    sentence = _("The network is busy just now. Nothing was saved yet; what you wrote is below.")


class Full(Refusal):
    """The disk of the network is full: nothing can be written until its steward makes room."""

    status = 507
    sentence = _(
        "The network’s disk is full, so nothing was saved. Its stewards have to make room first."
        " What you wrote is below."
    )
