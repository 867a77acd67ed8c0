"""The present, from the log alone; and what the log must say before something may be made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

ENDINGS = {"made", "withdrawn", "stopped"}


@dataclass
class Replay:
    """Asks, introductions and connections, as events tell them in their order."""

    last: int = 0
    asks: dict[int, str] = field(default_factory=dict)
    sent: dict[int, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    said_yes: dict[int, int] = field(default_factory=dict)  # who said yes to an ask
    introductions: dict[int, tuple[str, int]] = field(default_factory=dict)
    pairs: dict[int, frozenset[int]] = field(default_factory=dict)
    introducers: dict[int, int] = field(default_factory=dict)
    ties: dict[int, frozenset[int]] = field(default_factory=dict)

    def read(self, log: Iterable[Any]) -> None:
        for event in sorted(log, key=lambda each: each.id):
            self.last = event.id
            package, _, rest = event.kind.partition(":")
            if package == "asks":
                self._asks(event, rest)
            elif rest.startswith("introduction:"):
                self._introduction(event, rest.removeprefix("introduction:"))
            elif rest == "connection:made":
                self._connected(event)
            elif rest == "connection:ended":
                del self.ties[event.subject_id]

    def _asks(self, event: Any, verb: str) -> None:
        self.asks[event.subject_id] = event.data["state"]
        if verb == "sent":
            self.sent[event.subject_id] = (event.actor_id, event.data)
        if verb == "accepted":
            self.said_yes[event.subject_id] = event.actor_id

    def _introduction(self, event: Any, verb: str) -> None:
        each = event.subject_id
        state, version = self.introductions.get(each, ("", 0))
        if verb == "begun":
            assert not state
            self.pairs[each] = frozenset((event.data["low"], event.data["high"]))
            self.introducers[each] = event.actor_id
            self.introductions[each] = ("open", 1)
        elif verb == "reworded":
            assert event.data["version"] == version + 1
            self.introductions[each] = (state, version + 1)
        else:
            assert verb in ENDINGS
            assert state == "open" or (state, verb) == ("stopped", "withdrawn")
            self.introductions[each] = (verb, version)
        if verb in {"begun", "made"}:  # INV-24
            for party in self.pairs[each]:
                assert frozenset((self.introducers[each], party)) in self.ties.values()
        if verb == "made":  # INV-21
            letters = [ask for ask, (_, data) in self.sent.items() if data["thing"] == each]
            assert [self.asks[ask] for ask in letters] == ["accepted", "accepted"]
            assert {self.said_yes[ask] for ask in letters} == self.pairs[each]

    def _connected(self, event: Any) -> None:
        """INV-13: two different people said so, one by asking and one by a yes."""
        ask = event.data["ask"]
        pair = frozenset((event.data["low"], event.data["high"]))
        assert len(pair) == 2
        asker, data = self.sent[ask]
        assert {asker, self.said_yes[ask]} == pair
        assert data["ask_kind"] == "connection"
        self.ties[event.subject_id] = pair
