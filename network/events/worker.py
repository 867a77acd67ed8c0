"""The worker: claims what the log owes, delivers it outside any transaction, and settles it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import Flask
from sqlalchemy.exc import DBAPIError

from network.clock import utc_now
from network.db import reading, transaction
from network.errors import Refusal
from network.events.models import Delivery
from network.events.services import claim, done, failed, something_due

IDLE_S = 0.5
AFTER_WORK_S = 0.1
STORE_DOWN_S = 2.0
TEND_EVERY_S = 2.0
# Of a processor, the tending of an idle worker takes at most one part in so many.
TEND_SHARE = 20

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why one delivery was not made; `final` where trying again is of no use."""

    reason: str
    final: bool = False


Deliver = Callable[[Sequence[Delivery]], Mapping[int, Failure]]


@dataclass(frozen=True, slots=True)
class Channel:
    """Where deliveries of one name go. `deliver` returns the failures by the id of the delivery;
    `tend` looks after the far end while nothing is due.
    """

    deliver: Deliver
    batch: int = 100
    tend: Callable[[], object] | None = None


def run(app: Flask, channels: Mapping[str, Channel], stop: threading.Event) -> None:
    """Deliver until `stop` is set; the batch in hand is finished first.

    A store that is down, busy or full is waited for. Sleeps rather than waiting on `stop`: a signal
    that sets it while this very thread held its lock would stand still for good.
    """
    tended = 0.0
    with app.app_context():
        while not stop.is_set():
            try:
                worked = run_once(channels)
                if not worked and time.monotonic() >= tended:
                    tended = _tend(channels)
            except (Refusal, DBAPIError) as error:
                reason = str(error.__cause__ or error).partition("\n")[0]
                # A refusal says all there is to know; anything else may be a fault of ours.
                unknown = not isinstance(error, Refusal)
                log.warning("The database takes nothing just now: %s", reason, exc_info=unknown)
                time.sleep(STORE_DOWN_S)
                continue
            time.sleep(AFTER_WORK_S if worked else IDLE_S)


def run_once(channels: Mapping[str, Channel]) -> bool:
    """Deliver one batch of each channel; tell whether there was any."""
    worked = [_one_batch(name, channel) for name, channel in channels.items()]
    return any(worked)


def _one_batch(name: str, channel: Channel) -> bool:
    with reading() as db:  # a look first: an idle worker never stands at the write gate
        if not something_due(db, name, now=utc_now()):
            return False
    with transaction() as db:
        deliveries = claim(db, name, now=utc_now(), limit=channel.batch)
    if not deliveries:
        return False
    try:
        failures = channel.deliver(deliveries)
    except Exception as error:
        log.exception("A batch for %s failed.", name)
        failures = {one.id: Failure(type(error).__name__) for one in deliveries}
    with transaction() as db:
        done(db, [one for one in deliveries if one.id not in failures])
        for one in deliveries:
            if one.id in failures:
                failure = failures[one.id]
                failed(db, one, reason=failure.reason, now=utc_now(), final=failure.final)
    return True


def _tend(channels: Mapping[str, Channel]) -> float:
    """Tend every channel and return when to do it next."""
    began = time.thread_time()
    for channel in channels.values():
        if channel.tend is not None:
            channel.tend()
    taken = time.thread_time() - began  # a busy machine is no reason to look less often
    return time.monotonic() + max(TEND_EVERY_S, TEND_SHARE * taken)
