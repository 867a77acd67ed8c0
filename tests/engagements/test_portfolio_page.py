from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import func, select, update

from network import clock
from network.db import reading, transaction
from network.engagements.kinds import EngagementState, LeftFor
from network.engagements.models import Engagement, Left, Negotiation
from network.events.models import Event
from network.members.models import Member, Participation
from network.members.services import boundaries
from tests.conftest import NOON, names, post
from tests.engagements.portfolios import agree, cash, other, put, time

DAY = timedelta(days=1)
TIGHT = "Ama tells Tansy before she works for anyone they lend to."


@pytest.fixture
def at(monkeypatch):
    """Let every page be read at an instant: at noon of the 21st of November unless moved."""

    def move(instant):
        monkeypatch.setattr(clock, "utc_now", lambda: instant)

    move(NOON)
    return move


@pytest.fixture
def people(db, make_member, at):
    return [make_member(name) for name in ("ama", "oskar", "hanneke", "rui")]


@pytest.fixture
def ama(people):
    with transaction() as db:
        db.get_one(Participation, people[0].id).full_half_days = 20
    return people[0]


@pytest.fixture
def drawn(db, people, ama):
    """Tansy until April, Veldhaven on the table from January, as the page was drawn."""
    _ama, oskar, hanneke, _rui = people
    tansy = agree(
        db,
        ama,
        oskar,
        time(6, starts=date(2026, 9, 1), ends=date(2027, 4, 30)),
        cash(3_100_00),
        other("Introductions"),
        house="Tansy Mutual",
        exclusivity=TIGHT,
    )
    veldhaven = put(
        db,
        ama,
        hanneke,
        time(18, starts=date(2027, 1, 1)),
        cash(4_250_00),
        house="Veldhaven",
        valid_until=NOON + 13 * DAY,
    )
    db.commit()
    return tansy, veldhaven


@pytest.fixture
def read(sign_in, ama):
    client = sign_in(ama)
    return lambda address="/portfolio", **query: client.get(address, query_string=query).text


def rows_of(text):
    """The table of months as lists of cells."""
    body = re.search(r"<caption>Days a month.*?<tbody>(.*?)</tbody>", text, re.DOTALL)[1]
    return [
        re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row)
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    ]


def plain(text):
    return " ".join(re.sub(r"<[^>]+>", "", text).split())


def test_a_balance_with_nothing_in_it_teaches(sign_in, people):
    text = sign_in(people[0]).get("/portfolio").text
    assert "You have not said how many days" in text
    assert "No month ahead has work in it" in text
    assert 'class="chart"' not in text


def test_months_ahead_are_read_from_what_is_agreed_and_on_the_table(read, drawn):
    rows = rows_of(read())
    assert [row[0] for row in rows] == (
        ["December", "January", "February", "March", "April", "May", "June", "July"]
    )
    assert rows[0][1:] == ["none", "3", "3", "7 free"]
    assert rows[1][1:] == ["9", "3", "12", "2 over"]
    assert rows[7][1:] == ["9", "none", "9", "1 free"]


def test_the_lede_says_which_months_are_past_full_and_on_whom_it_leans(read, drawn):
    text = read()
    assert "January to April would be fuller than you said you like." in text
    assert "From May you would lean on one relationship for nearly everything." in text


def test_terms_on_the_table_are_left_out_and_taken_in_by_a_link(read, drawn):
    key = drawn[1].key
    text = read(without=key)
    assert rows_of(text)[1][1:] == ["3", "3", "7 free"]
    assert "No month ahead is fuller than you said you like." in text
    assert re.search(r'href="/portfolio">Take Veldhaven in', text)
    assert f'href="/portfolio?without={key}">Leave Veldhaven out' in read()
    assert rows_of(read(without="nobody")) == rows_of(read())


def test_shares_stand_in_words_with_a_bar(read, drawn):
    text = read()
    assert "Veldhaven nearly all two thirds" in plain(text)
    assert "Tansy Mutual a quarter a third Introductions" in plain(text)
    assert text.count('class="part"') == 4


def test_currencies_stand_side_by_side_and_are_never_added(db, read, people, ama):
    agree(db, ama, people[1], cash(100_00, "EUR"), cash(90_000, "JPY"), house="Tansy")
    agree(db, ama, people[2], cash(300_00, "EUR"), cash(1_234_567, "KWD"), house="Veldhaven")
    db.commit()
    text = plain(read())
    for said in ("a quarter, in EUR", "all, in JPY", "three quarters, in EUR", "all, in KWD"):
        assert said in text
    for amount in ("€800", "€2,400", "€3,200", "¥720,000", "KWD\N{NO-BREAK SPACE}9,876.536"):
        assert " ".join(amount.split()) in text


def test_paused_work_counts_for_nothing_and_ended_work_until_its_day(db, read, people, ama):
    paused, early = EngagementState.PAUSED, EngagementState.ENDED_EARLY
    agree(db, ama, people[1], time(6), house="Tansy", state=paused, paused_at=NOON)
    agree(db, ama, people[2], time(6), house="Oban", state=early, ends_at=NOON + 40 * DAY)
    db.commit()
    rows = rows_of(read())
    assert [row[1] for row in rows] == ["3", *["none"] * 7]
    text = plain(read())
    assert "Tansy" not in text.partition("What ends when")[0]
    assert "31 December Oban ends, as was said." in text


@pytest.mark.parametrize(
    ("state", "ends_after", "counts"),
    [
        (EngagementState.AGREED, None, True),
        (EngagementState.ACTIVE, None, True),
        (EngagementState.COMPLETED, 0 * DAY, False),
        (EngagementState.CANCELLED, 0 * DAY, False),
    ],
)
def test_what_counts_is_agreed_or_runs(db, read, people, ama, state, ends_after, counts):
    stands = {} if ends_after is None else {"ends_at": NOON + ends_after}
    agree(db, ama, people[1], time(6), house="Tansy", state=state, **stands)
    db.commit()
    assert ("Key to the chart" in read()) == counts


def test_an_amendment_on_the_table_counts_in_the_place_of_what_it_changes(
    db, read, people, ama, drawn
):
    tansy, _veldhaven = drawn
    change = put(db, ama, people[1], time(10), house="Tansy Mutual")
    change.engagement_id = tansy.id
    db.commit()
    assert rows_of(read())[0][1:] == ["none", "5", "5", "5 free"]
    assert rows_of(read(without=change.key))[0][1:] == ["none", "3", "3", "7 free"]


def test_what_governs_is_what_was_agreed_last(db, read, people, ama, drawn):
    tansy, veldhaven = drawn
    later = agree(db, ama, people[1], time(10), now=NOON + DAY, house="Tansy Mutual")
    db.execute(
        update(Negotiation)
        .where(Negotiation.engagement_id == later.id)
        .values(engagement_id=tansy.id)
    )
    db.commit()
    assert [row[1] for row in rows_of(read(without=veldhaven.key))] == ["5"] * 8


def test_what_ends_when_is_in_order_and_says_what_to_do(db, read, people, ama, drawn):
    agree(db, ama, people[3], time(2, ends=date(2027, 1, 20)), house="Oban", handover="A file.")
    agree(db, ama, people[3], time(2, notice=30))
    db.commit()
    text = plain(read()).partition("What ends when")[2]
    said = [
        "4 December Veldhaven, version 1, lapses.",
        "20 January Oban ends unless you renew it together. Now is the time to raise it.",
        "A handover is agreed; you have not begun it.",
        "30 April Tansy Mutual ends unless you both renew.",
        "Either of you may raise it from 1 March.",
        "No set day Rui Example goes on until somebody ends it, with 30 days’ notice.",
    ]
    assert [text.find(each) for each in said] == sorted(text.find(each) for each in said)
    assert all(each in text for each in said)


def test_a_handover_that_was_begun_is_not_asked_for(db, read, people, ama):
    work = agree(db, ama, people[1], time(2, ends=date(2027, 1, 20)), handover="A file.")
    values = {"key": "left1", "title": "All", "words": "Here.", "submission": "s"}
    db.add(
        Left(
            engagement_id=work.id,
            sort=LeftFor.HANDOVER,
            member_id=ama.id,
            at=NOON,
            changed_at=NOON,
            **values,
        )
    )
    db.commit()
    assert "you have not begun it" not in read()


def test_terms_that_wait_for_an_answer_are_marked_until_it_is_given(db, read, people, ama, drawn):
    assert read().count('class="due"') == 1
    put(db, people[1], ama, other())  # Ama put these there herself
    db.commit()
    assert read().count('class="due"') == 1


def test_the_days_can_be_put_in_a_calendar_that_says_no_word_of_terms(sign_in, ama, drawn):
    answer = sign_in(ama).get("/portfolio/ends.ics")
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    assert [(each["summary"], each["dtstart"].dt) for each in events] == [
        ("Terms with Veldhaven lapse", date(2026, 12, 4)),
        ("Tansy Mutual: the last day", date(2027, 4, 30)),
    ]
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert "lend" not in answer.text
    again = Calendar.from_ical(sign_in(ama).get("/portfolio/ends.ics").data).walk("VEVENT")
    assert [each["uid"] for each in again] == [each["uid"] for each in events]


@pytest.mark.parametrize(
    ("whom", "said"),
    [
        ("anyone they lend to", "One promise to look at"),
        ("Merrow Ferries", "No promise of yours names Merrow Ferries"),
        ("Tansy Mutual", "You have promised nobody anything"),
    ],
)
def test_a_check_reads_ones_own_promises(sign_in, ama, drawn, whom, said):
    text = post(sign_in(ama), "/portfolio/check", {"whom": whom}).text
    assert said in text
    assert (TIGHT in text) == (whom != "Tansy Mutual")


def test_a_check_says_that_a_line_of_work_cannot_be_known(sign_in, ama, drawn):
    text = post(sign_in(ama), "/portfolio/check", {"whom": "Merrow", "days": "1"}).text
    assert "in the same line of work" in text
    assert "In time: January to April would be past what you call full, by up to 3 days." in text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"whom": ""}, "Write a name"),
        ({"whom": "Merrow", "days": "many"}, "Days are a number"),
        ({"whom": "M" * 201}, "200 is the most"),
    ],
)
def test_a_check_that_cannot_be_read_keeps_what_was_typed(sign_in, ama, sent, said):
    answer = post(sign_in(ama), "/portfolio/check", sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{sent["whom"]}"' in answer.text


def test_a_check_can_begin_from_terms_on_the_table(db, read, people, ama, drawn):
    text = read(negotiation=drawn[1].key)
    assert 'value="Veldhaven, Hanneke Example"' in text
    assert TIGHT in text
    others = put(db, people[1], people[2], other())
    db.commit()
    assert TIGHT not in read(negotiation=others.key)


@pytest.mark.parametrize(("ago", "there"), [(2, True), (364, True), (366, False)])
def test_promises_of_work_that_is_over_are_read_for_a_year(sign_in, ama, drawn, ago, there):
    with transaction() as session:
        work = session.get_one(Engagement, drawn[0].id)
        work.state, work.ends_at = EngagementState.COMPLETED, NOON - ago * DAY
    text = post(sign_in(ama), "/portfolio/check", {"whom": "Merrow"}).text
    assert (TIGHT in text, "over since" in text) == (there, there)


def test_a_check_is_kept_nowhere(sign_in, ama, drawn):
    client = sign_in(ama)
    with reading() as db:
        before = db.scalar(select(func.count()).select_from(Event))
    answer = post(client, "/portfolio/check", {"whom": "Merrow"}, headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert answer.text.strip().startswith("<section")
    with reading() as db:
        assert db.scalar(select(func.count()).select_from(Event)) == before


@pytest.mark.parametrize("who", [1, 2, 3])
def test_inv_36_a_balance_holds_ones_own_parts_alone(sign_in, people, drawn, who):
    text = sign_in(people[who]).get("/portfolio").text
    assert names(text, "Ama") == (who != 3)
    assert ("Tansy" in text, "Veldhaven" in text) == (False, False)
    assert TIGHT not in sign_in(people[3]).get("/portfolio").text


def test_inv_08_who_signs_for_an_organisation_sees_nobody_beside_money(db, sign_in, people, ama):
    agree(db, people[1], ama, cash(500_00), time(2), mine="Tansy", house="")
    agree(db, people[1], people[2], cash(700_00), mine="Tansy", house="Veldhaven")
    db.commit()
    text = sign_in(people[1]).get("/portfolio").text
    assert "Ama Example" in text
    assert "€5,600" in text
    assert "€4,000" not in text


def test_a_stranger_is_sent_to_the_door(client):
    for address in ("/portfolio", "/portfolio/ends.ics", "/portfolio/outside"):
        assert client.get(address).status_code == 303


@pytest.mark.parametrize("blocker", ["ama", "hanneke"])
def test_inv_09_terms_with_somebody_who_is_apart_say_no_name(db, read, people, ama, drawn, blocker):
    one, two = (ama, people[2]) if blocker == "ama" else (people[2], ama)
    with transaction() as session:
        boundaries.block(session, session.get_one(Member, one.id), blocked_id=two.id, now=NOON)
    text = read(negotiation=drawn[1].key)
    assert "Veldhaven" not in text
    assert "Hanneke" not in text


def test_a_page_of_sixty_takes_as_many_statements_as_one_of_three(
    db, ran, sign_in, people, ama, capsys
):
    client = sign_in(ama)
    found = []
    for many in (3, 57):
        for n in range(many):
            agree(db, ama, people[1 + n % 3], time(2), cash(), house=f"House {many} {n}")
        db.commit()
        client.get("/portfolio")
        found.append(len(ran(lambda: client.get("/portfolio"))))
    assert found[0] == found[1] <= 12


def test_a_long_balance_shows_what_weighs_most_and_the_rest_where_asked(db, read, people, ama):
    for number in range(14):
        works = time(1 + number % 2, ends=date(2027, 12, 1 + number))
        agree(db, ama, people[1], works, house=f"Small {number}")
    agree(db, ama, people[2], cash(900_00), house="Lender")
    db.commit()
    short, whole = read(), read(whole=1)
    named = re.compile(r'<th scope="row">(?:Small|Lender)')
    assert (len(named.findall(short)), len(named.findall(whole))) == (12 + 1, 15 + 1)
    assert '<th scope="row">Lender' in short
    assert "3 more weigh no more than these." in plain(short)
    assert [len(rows_of(each)[0]) for each in (short, whole)] == [1 + 4 + 2, 1 + 14 + 2]
    assert rows_of(short)[0][-2:] == rows_of(whole)[0][-2:]
    assert "Read 2 more" in short
    assert "Read 2 more" not in whole
    assert "weigh no more" not in whole


def test_how_much_is_full_is_ones_own_number_and_nobody_elses(make_member, sign_in):
    ama, bo = make_member("ama"), make_member("bo")
    assert "You have not said how many days" in sign_in(ama).get("/portfolio").text
    assert post(sign_in(ama), "/portfolio/full", {"full": "9.5"}).status_code == 303
    assert "9½ days is your own number." in sign_in(ama).get("/portfolio").text
    assert "9½" not in sign_in(bo).get("/people/ama").text
    assert "You have not said" in sign_in(bo).get("/portfolio").text


@pytest.mark.parametrize("typed", ["a week", "2.3", "40", "-1"])
def test_a_full_month_that_is_none_comes_back_with_what_was_typed(make_member, sign_in, typed):
    refused = post(sign_in(make_member("ama")), "/portfolio/full", {"full": typed})
    assert refused.status_code == 422
    assert f'value="{typed}"' in refused.text
