from __future__ import annotations

import re

import pytest
import time_machine
from sqlalchemy import select

from network.conversations import services
from network.conversations.dress import Dress
from network.conversations.models import About, Conversation, Message, Participant
from network.db import reading, transaction
from network.members.kinds import State, WhoMayWrite
from network.members.models import Member, Participation
from network.members.services import boundaries
from tests.conftest import post
from tests.conversations.conftest import group, say, tie, write_to

HTMX = {"HX-Request": "true"}
READING = re.compile(r'hx-get="([^"]+)" hx-trigger="every 4s"')


@pytest.fixture(autouse=True)
def at_noon(now):
    with time_machine.travel(now, tick=False):
        yield


def asking(page):
    """Return the address by which a page asks what is new."""
    return READING.search(page.text)[1].replace("&amp;", "&")


def selects(statements):
    """Count what was asked of the database, which one of the two tells of its beginning as well."""
    return len([each for each in statements if each != "BEGIN"])


def rows(what):
    with reading() as session:
        return session.scalars(select(what)).all()


def first_message():
    return rows(Message)[0].key


def act(what):
    """Do something behind the page's back: with everybody, and the one conversation."""
    with transaction() as session:
        who = {member.handle: member for member in session.scalars(select(Member))}
        what(session, who, session.scalars(select(Conversation)).first())


def paths(key, message):
    there = f"/conversations/{key}"
    return [
        ("GET", there, {}),
        ("GET", f"{there}?before=9", {}),
        ("GET", f"{there}?from=1&after=0", HTMX),
        ("GET", f"{there}/leave", {}),
        ("POST", f"{there}/messages", {}),
        ("POST", f"{there}/draft", {}),
        ("POST", f"{there}/read", {}),
        ("POST", f"{there}/mute", {}),
        ("POST", f"{there}/leave", {}),
        ("POST", f"{there}/add", {}),
        ("POST", f"{there}/messages/{message}/withdraw", {}),
    ]


def knock(client, method, path, headers):
    if method == "GET":
        return client.get(path, headers=headers)
    return post(client, path, {"body": "Let me in.", "submission": "s"}, headers=headers)


@pytest.mark.parametrize("who", ["stranger", "connection", "steward", "shielded"])
def test_inv_01_whoever_has_no_place_in_it_finds_nothing_at_any_address(
    kept, make_member, sign_in, now, who
):
    _ama, rui, talk = kept
    eli = make_member("eli", steward=who == "steward")
    client = sign_in(eli)
    if who == "connection":
        act(lambda db, all_, _talk: tie(db, all_["ama"], all_["eli"], now))
    if who == "shielded":
        client = sign_in(rui)
        act(
            lambda db, all_, _t: boundaries.raise_shield(
                db, all_["ama"], against="rui.example", now=now
            )
        )
    for method, path, headers in paths(talk.key, first_message()):
        assert knock(client, method, path, headers).status_code == 404, path
    assert len(rows(Message)) == 1


@pytest.mark.parametrize("who", ["left", "blocked", "blocker", "other departed"])
def test_whoever_was_there_reads_what_was_said_and_can_do_nothing_more(kept, sign_in, now, who):
    ama, rui, talk = kept
    client = sign_in(ama if who == "blocker" else rui)

    def end(db, all_, there):
        if who == "left":
            services.leave(db, there, actor=all_["rui"], now=now)
        elif who == "other departed":
            all_["ama"].state = State.DEPARTED
        else:
            boundaries.block(db, all_["ama"], blocked_id=rui.id, now=now)
            services.part(db, ama.id, rui.id, actor=all_["ama"], now=now)

    act(end)
    page = client.get(f"/conversations/{talk.key}")
    assert "<em>quay</em>" in page.text
    assert "<textarea" not in page.text
    assert "You cannot write here just now." in page.text
    assert ("Ama Example" in page.text.partition("<main")[2]) == (who == "left")
    sent = post(client, f"/conversations/{talk.key}/messages", {"body": "Still?"})
    assert (sent.status_code, "You cannot write here just now." in sent.text) == (403, True)
    asked = client.get(f"/conversations/{talk.key}?from=1&after=1", headers=HTMX)
    assert (asked.status_code, "every 4s" in asked.text) == (286, False)
    assert len(rows(Message)) == 1


def test_inv_09_a_block_and_a_departure_are_the_same_bytes(kept, sign_in, now):
    ama, rui, talk = kept
    seen = []
    for gone in (True, False):
        client = sign_in(rui)
        if gone:
            act(lambda _db, all_, _t: setattr(all_["ama"], "state", State.DEPARTED))
        else:
            act(lambda _db, all_, _t: setattr(all_["ama"], "state", State.MEMBER))
            act(lambda db, all_, _t: boundaries.block(db, all_["ama"], blocked_id=rui.id, now=now))
            act(lambda db, all_, _t: services.part(db, ama.id, rui.id, actor=all_["ama"], now=now))
        there = f"/conversations/{talk.key}"
        told = [client.get("/conversations"), client.get(there), client.get(f"{there}/leave")]
        told.append(client.get(f"{there}?from=1&after=1", headers=HTMX))
        told += [post(client, f"{there}/{each}", {"body": "w"}) for each in ("messages", "mute")]
        bare = [re.sub(r'([Tt]oken": |value=)"[^"]+"', "", each.text) for each in told]
        seen.append([(each.status_code, text) for each, text in zip(told, bare, strict=True)])
    assert seen[0] == seen[1]


def test_the_page_sets_words_as_their_writer_meant_them_and_runs_nothing(kept, sign_in, now):
    _ama, rui, talk = kept
    act(lambda db, all_, t: say(db, t, all_["ama"], "<script>alert(1)</script> and [a](x:y)", now))
    page = sign_in(rui).get(f"/conversations/{talk.key}").text
    assert "<em>quay</em>" in page
    assert "<script>alert" not in page
    assert 'aria-label="Ama Example, 21 November at 12:00"' in page
    assert 'role="log"' in page
    assert f"/conversations/{talk.key}/messages/{first_message()}/report" in page


def test_sending_without_script_leads_back_to_the_form(kept, sign_in):
    _ama, rui, talk = kept
    client = sign_in(rui)
    answer = post(client, f"/conversations/{talk.key}/messages", {"body": "Gladly.", "send": "yes"})
    assert (answer.status_code, answer.location) == (303, f"/conversations/{talk.key}#write")
    page = client.get(f"/conversations/{talk.key}").text
    assert "<p>Gladly.</p>" in page
    assert "I have read this" not in page


def test_sending_by_htmx_answers_the_newest_words_and_an_empty_form(kept, sign_in):
    _ama, rui, talk = kept
    data = {"body": "Gladly.", "send": "yes", "submission": "s1", "from": "1"}
    answer = post(sign_in(rui), f"/conversations/{talk.key}/messages", data, headers=HTMX)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert 'hx-swap-oob="morph:#latest"' in answer.text
    assert "The <em>quay</em>" in answer.text
    assert "<p>Gladly.</p>" in answer.text
    assert 'value="s1"' not in answer.text
    assert re.search(r"autofocus[^>]*>\s*</textarea>", answer.text)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize("body", ["", "far too much " * 900])
def test_words_that_cannot_be_sent_come_back_with_the_reason(kept, sign_in, headers, body):
    _ama, rui, talk = kept
    data = {"body": body, "send": "yes", "submission": "s1"}
    answer = post(sign_in(rui), f"/conversations/{talk.key}/messages", data, headers=headers)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert body.strip() in answer.text
    assert ("<html" in answer.text) == (not headers)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize("button", ["look", "keep"])
def test_words_can_be_looked_at_and_kept_and_are_not_sent(kept, sign_in, headers, button):
    _ama, rui, talk = kept
    client, there = sign_in(rui), f"/conversations/{talk.key}"
    path = f"{there}/messages" if button == "look" else f"{there}/draft"
    answer = post(client, path, {"body": "With *bread*.", button: "yes"}, headers=headers)
    if not headers:
        assert answer.status_code == 303
        answer = client.get(answer.location.partition("#")[0])
    assert ("With <em>bread</em>." in answer.text) == (button == "look")
    assert "With *bread*.</textarea>" in answer.text
    assert "With *bread*.</textarea>" in client.get(there).text
    assert len(rows(Message)) == 1


def test_what_is_typed_is_kept_without_a_word(kept, sign_in):
    ama, rui, talk = kept
    typing = {**HTMX, "HX-Trigger": "body"}
    client, there = sign_in(rui), f"/conversations/{talk.key}"
    answer = post(client, f"{there}/draft", {"body": "Half a"}, headers=typing)
    assert (answer.status_code, answer.data) == (204, b"")
    assert "Half a</textarea>" in client.get(there).text
    assert "You began an answer and kept it." in client.get("/conversations").text
    assert "Half a" not in sign_in(ama).get(there).text


def test_a_poll_answers_nothing_until_there_is_something_new(kept, sign_in, now, ran):
    _ama, rui, talk = kept
    client = sign_in(rui)
    address = asking(client.get(f"/conversations/{talk.key}"))
    statements = ran(lambda: client.get(address, headers=HTMX))
    assert client.get(address, headers=HTMX).status_code == 204
    assert selects(statements) <= 3
    act(lambda db, all_, t: say(db, t, all_["ama"], "Bring bread.", now))
    new = client.get(address, headers=HTMX)
    assert (new.status_code, "<p>Bring bread.</p>" in new.text) == (200, True)
    assert "The <em>quay</em>" in new.text
    assert "<textarea" not in new.text
    assert client.get(asking(new), headers=HTMX).status_code == 204


@pytest.mark.parametrize("what", ["withdrawn", "left", "came"])
def test_a_poll_tells_of_words_taken_back_and_of_who_came_and_went(
    kept, make_member, sign_in, now, what
):
    _ama, rui, _talk = kept
    _dara, _eli = make_member("dara"), make_member("eli")
    made = []

    def begin(db, all_, _talk):
        for other in ("dara", "eli"):
            tie(db, all_["ama"], all_[other], now)
        made.append(group(db, all_["ama"], [all_["rui"], all_["dara"]], now))

    act(begin)
    client = sign_in(rui)
    address = asking(client.get(f"/conversations/{made[0].key}"))

    def happen(db, all_, _talk):
        table = db.get_one(Conversation, made[0].id)
        if what == "withdrawn":
            message = db.scalars(select(Message).where(Message.body == "Shall we?")).one()
            services.withdraw(db, message, actor=all_["ama"], now=now)
        elif what == "left":
            services.leave(db, table, actor=all_["dara"], now=now)
        else:
            services.add(db, table, actor=all_["ama"], other=all_["eli"], now=now)

    act(happen)
    told = {
        "withdrawn": "These words were taken back.",
        "left": "Dara Example stepped out on 21 November.",
        "came": "Eli Example came in on 21 November",
    }
    answer = client.get(address, headers=HTMX)
    assert told[what] in answer.text
    assert client.get(asking(answer), headers=HTMX).status_code == 204
    assert told[what] in client.get(f"/conversations/{made[0].key}").text


def test_earlier_words_come_fifty_at_a_time(kept, sign_in, now):
    _ama, rui, talk = kept

    def write(db, all_, there):
        for number in range(110):
            say(db, there, all_["ama"], f"Word {number}.", now)

    act(write)
    client, there = sign_in(rui), f"/conversations/{talk.key}"
    page = client.get(there)
    assert page.text.count('class="sec msg') == 50
    before = re.search(r'hx-get="([^"]+before=\d+)"', page.text)[1]
    part = client.get(before, headers=HTMX)
    assert part.text.count('class="sec msg') == 50
    assert "<html" not in part.text
    assert 'id="latest"' not in part.text
    assert "Word 59." in part.text
    assert "Word 60." not in part.text
    plain = client.get(before).text
    assert "To the newest words" in plain
    assert "<textarea" not in plain
    last = re.search(r'hx-get="([^"]+before=\d+)"', part.text)[1]
    assert "The <em>quay</em>" in client.get(last, headers=HTMX).text


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_reading_is_marked_for_oneself_alone(kept, sign_in, headers):
    ama, rui, talk = kept
    client, there = sign_in(rui), f"/conversations/{talk.key}"
    assert "words here that you have not read" in client.get("/conversations").text
    assert "I have read this" in client.get(there).text
    hers = sign_in(ama).get(there).text
    answer = post(client, f"{there}/read", {"upto": "1"}, headers=headers)
    assert (answer.status_code, answer.data if headers else b"") == (200 if headers else 303, b"")
    assert "words here that you have not read" not in client.get("/conversations").text
    assert "I have read this" not in client.get(there).text
    token = re.compile(r'([Tt]oken": |value=)"[^"]+"')
    assert token.sub("", sign_in(ama).get(there).text) == token.sub("", hers)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_a_message_is_taken_back_in_its_place(kept, sign_in, headers):
    ama, rui, talk = kept
    path = f"/conversations/{talk.key}/messages/{first_message()}/withdraw"
    assert post(sign_in(rui), path).status_code == 404
    answer = post(sign_in(ama), path, headers=headers)
    assert answer.status_code == (200 if headers else 303)
    if headers:
        assert "You took these words back." in answer.text
    page = sign_in(rui).get(f"/conversations/{talk.key}").text
    assert "These words were taken back." in page
    assert "quay" not in page


def test_muting_and_stepping_out_have_their_pages(kept, sign_in):
    ama, rui, talk = kept
    client, there = sign_in(rui), f"/conversations/{talk.key}"
    for letters, says in (("no", "Let mail come"), ("yes", "Stop mail from here")):
        assert post(client, f"{there}/mute", {"letters": letters}).status_code == 303
        assert says in client.get(there).text
    assert "Step out of the conversation with Ama Example?" in client.get(f"{there}/leave").text
    assert post(client, f"{there}/leave").location == "/conversations"
    assert "stays yours to read" in client.get("/conversations").text
    assert "Rui Example stepped out on 21 November." in sign_in(ama).get(there).text


def test_writing_to_a_connection_begins_one_conversation(kept, make_member, sign_in, now):
    ama, _rui, talk = kept
    dara = make_member("dara")
    act(lambda db, all_, _t: tie(db, all_["ama"], all_["dara"], now))
    client = sign_in(ama)
    assert client.get("/conversations/new?to=rui").location == f"/conversations/{talk.key}#write"
    page = client.get("/conversations/new?to=dara").text
    assert "Write to Dara Example" in page
    data = {"people": "dara", "body": "Good evening.", "submission": "s1"}
    for _twice in range(2):
        answer = post(client, "/conversations/new", data)
        assert answer.status_code == 303
    assert "<p>Good evening.</p>" in sign_in(dara).get(answer.location.partition("#")[0]).text
    assert len(rows(Conversation)) == 2


def test_a_few_connections_are_written_to_at_once(kept, make_member, sign_in, now):
    ama, rui, _talk = kept
    make_member("dara")
    act(lambda db, all_, _t: tie(db, all_["ama"], all_["dara"], now))
    client = sign_in(ama)
    page = client.get("/conversations/new?to=rui&to=dara").text
    assert page.count("checked") == 2
    data = {"people": ["rui", "dara"], "title": "Kitchens", "body": "", "submission": "s1"}
    refused = post(client, "/conversations/new", data)
    assert (refused.status_code, 'value="Kitchens"' in refused.text) == (422, True)
    made = post(client, "/conversations/new", {**data, "body": "Shall we?"})
    assert made.status_code == 303
    seen = sign_in(rui).get("/conversations").text
    assert "Kitchens" in seen
    there = sign_in(rui).get(made.location.partition("#")[0]).text
    assert "You, Ama Example and Dara Example read this." in there


@pytest.mark.parametrize(
    ("who", "status"),
    [(WhoMayWrite.CONNECTIONS, 403), (WhoMayWrite.SHARED, 403), (WhoMayWrite.ANYONE, 200)],
)
def test_whoever_may_not_write_is_told_kindly_and_not_why(kept, make_member, sign_in, who, status):
    eli = make_member("eli")
    with transaction() as session:
        session.get_one(Participation, kept[0].id).who_may_write = who
    client = sign_in(eli)
    page = client.get("/conversations/new?to=ama")
    assert page.status_code == status
    assert ("about how they take part, not about you" in page.text) == (status == 403)
    data = {"people": "ama", "body": "Good evening.", "submission": "s1"}
    sent = post(client, "/conversations/new", data)
    assert sent.status_code == (303 if status == 200 else 403)
    assert client.get("/conversations/new?to=nobody-here").status_code == 404


def test_an_unknown_person_is_not_asked_in(kept, make_member, sign_in, now):
    ama, _rui, _talk = kept
    for each in ("dara", "eli"):
        make_member(each)
    made = []

    def begin(db, all_, _talk):
        tie(db, all_["ama"], all_["dara"], now)
        made.append(group(db, all_["ama"], [all_["rui"], all_["dara"]], now))

    act(begin)
    path = f"/conversations/{made[0].key}/add"
    for handle in ("eli", "zz-nobody", ""):
        assert post(sign_in(ama), path, {"to": handle}).status_code == 404
    assert len(rows(Participant)) == 5


@pytest.mark.parametrize("many", [10, 300])
def test_a_page_asks_as_much_of_a_long_thread_as_of_a_short_one(kept, sign_in, now, ran, many):
    _ama, rui, talk = kept

    def write(db, all_, there):
        for number in range(many):
            say(db, there, all_["ama" if number % 2 else "rui"], f"Word {number}.", now)

    act(write)
    client = sign_in(rui)
    client.get(f"/conversations/{talk.key}")
    assert selects(ran(lambda: client.get(f"/conversations/{talk.key}"))) == 8
    assert selects(ran(lambda: client.get("/conversations"))) == 4


def test_the_list_has_further_pages(kept, make_member, sign_in, now):
    ama, _rui, _talk = kept
    for number in range(52):
        make_member(f"p{number}")

    def write(db, all_, _there):
        for number in range(52):
            tie(db, all_["ama"], all_[f"p{number}"], now)
            write_to(db, all_["ama"], all_[f"p{number}"], "Hello.", now)

    act(write)
    client = sign_in(ama)
    assert client.get("/conversations").text.count("data-conversation=") == 50
    assert client.get("/conversations?from=50").text.count("data-conversation=") == 3


def test_a_conversation_about_a_thing_wears_what_its_package_gave_it(kept, sign_in, app):
    _ama, rui, talk = kept
    seen = []

    def load(_db, conversation, member, _now):
        seen.append((conversation.id, member.id))
        return {}

    foot = "conversations/_from_here.html"
    app.extensions["dresses"] = {"direct": Dress(About.DIRECT, "", foot, load)}
    page = sign_in(rui).get(f"/conversations/{talk.key}").text
    assert page.count('id="from-here"') == 2
    assert seen == [(talk.id, rui.id)]
