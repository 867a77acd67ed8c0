"""The five questions that every organisation answers. With each: what it is after, and two honest
answers, one of a good place and one of a place that is not there yet.
"""

from __future__ import annotations

from dataclasses import dataclass

from network.translation import _


@dataclass(frozen=True, slots=True)
class Question:
    """One of the five. The examples are of invented places."""

    kick: str
    asks: str
    after: str
    good: str
    not_yet: str


QUESTIONS: tuple[Question, ...] = (
    Question(
        kick=_("The first question"),
        asks=_("What do you offer someone who works for a purpose?"),
        after=_(
            "Say what you are for, in words that somebody could steer by on a Tuesday morning, and"
            " what of it they would come to see."
        ),
        good=_(
            "We mend wheelchairs so that nobody in the valley waits longer than a day. You meet"
            " whoever sits in the chair. If your work did not shorten a wait, we would both know by"
            " Friday."
        ),
        not_yet=_(
            "We have a sentence about better cities on the wall. What decides our week is what was"
            " sold. We are trying to write down three things we would turn down, and have one."
        ),
    ),
    Question(
        kick=_("The second question"),
        asks=_("Is working with you good enough, and equal?"),
        after=_(
            "Somebody who is with you for a season: where do they sit, what are they told, when are"
            " they paid? What would those who were with you last year say?"
        ),
        good=_(
            "Whoever works with us, for three weeks or ten years, has a key, a peg and a say on"
            " Thursdays. Bills are paid the week they come. Last spring somebody told us that the"
            " evening calls left out parents; there are none now."
        ),
        not_yet=_(
            "Not equal. People from outside have no account before their second week and hear of"
            " changes last. It annoys all of us. The account is being mended; the rest is a habit."
        ),
    ),
    Question(
        kick=_("The third question"),
        asks=_(
            "How do you welcome, work with and learn from people who may not want a career with"
            " you?"
        ),
        after=_(
            "The first day, the weeks after it, the last day. What of theirs stays with you, and"
            " what do they take with them?"
        ),
        good=_(
            "You get one page, one person and one small thing to finish in your first week. On the"
            " last day you show the rest of us what you would do next, and what you made is yours"
            " to show."
        ),
        not_yet=_(
            "Our welcome is made for people who stay: two days of slides about a pension you will"
            " not have. When somebody leaves we have cake and ask nothing. We would like to ask."
        ),
    ),
    Question(
        kick=_("The fourth question"),
        asks=_("How readily do your teams change shape?"),
        after=_(
            "Somebody sees a better way in their second month. Who decides whether it is tried, and"
            " how long does that take?"
        ),
        good=_(
            "A team may try anything for six weeks that the one beside it can live with. Two of"
            " last year’s tries came from people who were here for four months; one is how we plan"
            " now."
        ),
        not_yet=_(
            "Slowly. Budgets are set in October and teams follow them. A good idea in March is a"
            " good idea for next year, unless one of two people wants it."
        ),
    ),
    Question(
        kick=_("The fifth question"),
        asks=_("Can your managers lead people who could leave tomorrow?"),
        after=_(
            "Those who would work with them: have they done it before, do they want to, and do your"
            " contracts, rules and systems let them?"
        ),
        good=_(
            "Three of our four leads worked independently themselves. They agree on what is to be"
            " there, not on hours. Our contract is two pages, and either side can end it in two"
            " weeks."
        ),
        not_yet=_(
            "One can and does. The others ask who watches the hours, and our purchasing wants three"
            " quotes for a person. You would work with the one, and we would keep the forms away"
            " from you as well as we can."
        ),
    ),
)
HOW_MANY = len(QUESTIONS)
LONGEST_ANSWER = 1500
