"""Terms and agreed work, told in plain data: every word that anybody wrote stands nowhere else.

All of it was so before anybody drew back, save what is `late`: written after blocks and shields.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.sweep.words import word

CLAUSES = (
    *("purpose", "scope", "out_of_scope", "authority", "confidentiality", "rights"),
    *("exclusivity", "conflicts", "ending", "handover"),
)
LINES = ("what", "when", "known_by")
WRITTEN = (
    *("title", "why", *CLAUSES),
    *(f"{list_} {name}" for list_ in ("cash", "other") for name in LINES),
)
QUESTIONS = ("purpose", "exchange", "change")
LEFT = ("title", "words")
ELSEWHERE = ("whom", "title", "others", "promise")
# Who wrote of work elsewhere that they count in their own balance.
OUTSIDE = ("connection", "owner1", "stranger", "steward")


@dataclass(frozen=True)
class Deal:
    """Terms: who signs for whom, who wrote each version, who left after how many of them."""

    label: str
    talk: tuple[str, ...]  # the people of a conversation, or who wrote to whom
    signs: dict[str, str] = field(hash=False)
    versions: tuple[str, ...]
    agreed: bool = False
    split: bool = False
    left: dict[str, int] = field(default_factory=dict, hash=False)
    drafts: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()  # of those who look for terms still, besides the last author
    amends: str = ""

    def own(self, what: str) -> str:
        return word(f"terms {self.label} {what}")


@dataclass(frozen=True)
class Said:
    """What one wrote about another after the work, and what that other did with it."""

    author: str
    about: str
    is_open: bool = True
    shown: bool = False
    answered: bool = False


@dataclass(frozen=True)
class Work:
    """What became of agreed terms, and what people wrote while it did."""

    label: str
    state: str = "active"
    by: str = ""  # who paused, ended or cancelled it, in words
    check_ins: dict[int, tuple[str, ...]] = field(default_factory=dict, hash=False)
    welcome: tuple[str, ...] = ()
    left: tuple[tuple[str, str], ...] = ()  # for whom, by whom
    said: tuple[Said, ...] = ()
    showings: dict[str, tuple[str, ...]] = field(default_factory=dict, hash=False)  # who said yes
    complete: tuple[str, ...] = ()  # who says so, where not all do
    late: tuple[str, ...] = ()  # who writes more of all this after they are apart from others

    def own(self, what: str) -> str:
        return word(f"agreed work {self.label} {what}")


def elsewhere(label: str, what: str) -> str:
    return word(f"outside work {label} {what}")


TEAM = ("connection", "owner1", "owner2")
FOUR = ("owner3", "connection", "blocked", "ex")
FOR_QUAY = {"speaker": "quay", "connection": ""}
DEALS = (
    Deal(
        "finding",
        ("speaker", "connection"),
        FOR_QUAY,
        ("speaker", "connection", "speaker"),
        drafts=("connection",),
    ),
    Deal("parted", ("blocked", "owner2"), {"blocked": "", "owner2": ""}, ("blocked",)),
    Deal("left", TEAM, dict.fromkeys(TEAM, ""), ("connection", "owner2"), left={"owner1": 1}),
    Deal(
        "shielded",
        ("owner4", "shielded_domain"),
        {"owner4": "", "shielded_domain": ""},
        ("shielded_domain",),
    ),
    Deal("team", TEAM, dict.fromkeys(TEAM, ""), ("connection",), agreed=True, split=True),
    Deal(
        "amending",
        TEAM,
        dict.fromkeys(TEAM, ""),
        ("owner1",),
        drafts=("owner2",),
        accepted=("owner2",),
        amends="team",
    ),
    Deal("four", FOUR, dict.fromkeys(FOUR, ""), ("owner3",), agreed=True, split=True),
    Deal(
        "over",
        ("owner2", "connection"),
        {"owner2": "", "connection": ""},
        ("owner2", "connection"),
        agreed=True,
    ),
    Deal("sealed", ("speaker", "connection"), FOR_QUAY, ("connection",), agreed=True),
    Deal(
        "ended",
        ("harbourer", "owner4"),
        {"harbourer": "harbour", "owner4": ""},
        ("harbourer",),
        agreed=True,
    ),
    Deal("old", ("ex", "owner2"), {"ex": "", "owner2": ""}, ("ex",), agreed=True),
    Deal(
        "paused",
        ("connection", "paused"),
        {"connection": "", "paused": ""},
        ("paused",),
        agreed=True,
    ),
    Deal(
        "called off",
        ("connection", "departed"),
        {"connection": "", "departed": ""},
        ("departed",),
        agreed=True,
    ),
    Deal(
        "agreed",
        ("nordanviker", "owner2"),
        {"nordanviker": "nordanvik", "owner2": ""},
        ("nordanviker",),
        agreed=True,
    ),
)
WORKS = (
    Work(
        "team",
        check_ins={1: TEAM, 2: ("owner1",), 3: ("connection",)},
        welcome=("owner1", "connection"),
        left=(("handover", "connection"), ("harvest", "owner2")),
        showings={
            "owner1": ("connection", "owner2"),
            "connection": ("owner1", "owner2"),
            "owner2": ("owner1",),
        },
        complete=("owner2",),
    ),
    Work(
        "four",
        check_ins={1: ("owner3", "blocked"), 3: ("owner3", "connection", "ex")},
        welcome=("blocked",),
        left=(("harvest", "blocked"), ("handover", "owner3")),
        showings={"owner3": ("connection", "blocked", "ex"), "connection": ("owner3",)},
        late=("blocked",),
    ),
    Work(
        "over",
        "completed",
        check_ins={2: ("owner2", "connection")},
        left=(("handover", "owner2"), ("harvest", "connection")),
        said=(
            Said("connection", "owner2", shown=True, answered=True),
            Said("owner2", "connection"),
        ),
        showings={"owner2": ("connection",)},
    ),
    Work(
        "sealed",
        "completed",
        left=(("handover", "connection"), ("harvest", "speaker")),
        said=(Said("connection", "speaker", is_open=False),),
    ),
    Work(
        "ended",
        "ended",
        by="owner4",
        left=(("handover", "owner4"),),
        said=(Said("harbourer", "owner4", shown=True), Said("owner4", "harbourer", shown=True)),
        showings={"owner4": ("harbourer",)},
        late=("owner4",),
    ),
    Work("old", "completed long ago", said=(Said("ex", "owner2", shown=True),)),
    Work("paused", "paused", by="paused", check_ins={1: ("paused", "connection")}),
    Work("called off", "cancelled", by="departed"),
    Work("agreed", "agreed", welcome=("nordanviker",)),
)
