import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from network.search import whoosh_index
from network.search.documents import Document, Layer
from network.search.port import Condition, Hit, IndexUnavailable
from network.search.query import parse
from network.search.terms import Analyzer
from network.search.whoosh_files import locked
from network.search.whoosh_index import WhooshIndex

ENGLISH = Analyzer("en")


def document(number, purpose="", words="", more="", marks=()):
    members = Layer(purpose, f"{purpose}\n{words}", frozenset(marks))
    connections = Layer(purpose, f"{purpose}\n{words}\n{more}", frozenset(marks))
    return Document(number, members, connections)


def find(index, text, *, marks=(), connected=(), without=(), day=1):
    query = parse(text, ENGLISH)
    return index.find(query, marks=marks, connected=connected, without=without, day=day)


def bands(hits):
    return {hit.id: hit.band for hit in hits}


@pytest.fixture
def index(tmp_path):
    return WhooshIndex(tmp_path / "index", ENGLISH)


@pytest.fixture
def people(index):
    index.rebuild(
        [
            document(1, "Nights that nobody fears", "care homes", "choir", ["kind=interim"]),
            document(2, "Care work", "I plan the night shift", marks=["kind=project"]),
            document(3, "Fair pay", "shift the night; C++ and C", "choir", ["kind=project"]),
            document(4, "Gardens", "rotas", marks=["kind=interim", "language=swedish"]),
        ]
    )
    return index


def test_of_two_purposes_the_one_whose_themes_say_so_too_is_nearer(index):
    themed = Layer("homes for many", "homes for many\nhousing", themes="housing, homes")
    plain = Layer("homes for few", "homes for few")
    index.rebuild([Document(1, plain, plain), Document(2, themed, themed)])
    assert bands(find(index, "homes ")) == {2: 0, 1: 1}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("night ", {1: 1, 2: 2, 3: 2}),
        ("nights care ", {1: 2, 2: 2, 3: 3}),
        ("night gardens fear ", {1: 3}),
        ('"night shift"', {2: 2}),
        ('"shift the night"', {3: 2}),
        ('"care work" rotas ', {2: 3}),
        ("C++ ", {3: 2}),
        ("C ", {3: 2}),
        ("gard", {4: 1}),
        ("rota", {4: 2}),
        ("choir ", {}),
        ("unheard ", {}),
    ],
)
def test_a_query_finds_purposes_before_other_words_and_more_words_before_fewer(people, text, found):
    assert bands(find(people, text)) == found


@pytest.mark.parametrize(
    ("marks", "found"),
    [
        ([], {1, 2, 3, 4}),
        (["kind=interim"], {1, 4}),
        (["kind=interim", "kind=project"], {1, 2, 3, 4}),
        (["kind=interim", "language=swedish"], {4}),
        (["kind=unheard"], set()),
    ],
)
def test_marks_of_one_name_are_alternatives_and_different_names_add_up(people, marks, found):
    assert {hit.id for hit in find(people, "", marks=marks)} == found


def test_marks_narrow_a_query(people):
    assert bands(find(people, "night ", marks=["kind=project"])) == {2: 2, 3: 2}


def test_connections_find_more_and_others_do_not(people):
    assert bands(find(people, "choir ", connected=[1, 2])) == {1: 2}
    assert bands(find(people, '"care homes" choir ', connected=[1])) == {1: 2}


def test_a_phrase_is_not_made_of_lines_that_only_connections_see(index):
    kept = Layer("", "one\nmiddle\nlast")
    index.rebuild([Document(1, Layer("", "middle"), kept)])
    assert bands(find(index, "one last ", connected=[1])) == {1: 2}
    assert not find(index, '"one last"', connected=[1])


def test_marks_for_connections_only_are_theirs_to_narrow_by(index):
    index.rebuild([Document(1, Layer("care"), Layer("care", marks=frozenset({"kind=quiet"})))])
    assert not find(index, "care ", marks=["kind=quiet"])
    assert bands(find(index, "care ", marks=["kind=quiet"], connected=[1])) == {1: 1}


def test_those_left_out_never_come(people):
    assert bands(find(people, "night ", without=[1, 2, 99])) == {3: 2}


def test_hits_are_counted_and_cut_like_a_list(people):
    hits = find(people, "night ")
    everyone = list(hits)
    assert len(hits) == 3
    assert everyone[0] == hits[0] == Hit(1, 1)
    assert (hits[1:], hits[-1], hits[5:]) == (everyone[1:], everyone[-1], [])
    with pytest.raises(IndexError):
        hits[3]


def test_resembling_purposes_share_the_most_words(index):
    texts = ["fair care at night", "care by night", "night", "fair care", "fair pay by night"]
    index.rebuild([document(number, text) for number, text in enumerate(texts)])
    found = index.resembling(
        ENGLISH.stems("fair night care"), connected=(), without=[3], day=1, limit=9
    )
    assert bands(found) == {0: 0, 1: 1, 4: 1}


def test_resembling_is_measured_from_the_best_that_is_left(people):
    stems = ENGLISH.stems("care work garden")
    found = people.resembling(stems, connected=(), without=(), day=1, limit=1)
    assert found == [Hit(2, 0)]


@pytest.mark.parametrize(
    ("stem", "spelt"),
    [
        ("nihgt", ["night"]),
        ("gardn", ["garden"]),
        ("gradne", ["garden"]),
        ("gradn", []),
        ("choir", []),
        ("chior", []),
        ("xare", []),
    ],
)
def test_near_spellings_come_from_words_of_every_member(people, stem, spelt):
    assert people.near(stem) == spelt


def test_near_spellings_of_the_gone_are_gone(people):
    people.update([], [4])
    assert people.near("gardn") == []


def test_everyone_is_first_equally_often(index):
    people = [document(number, "care") for number in range(10)]
    index.rebuild(people[:4])
    index.update(people[4:])
    firsts = Counter(find(index, "care ", day=day)[0].id for day in range(1_000))
    assert set(firsts) == set(range(10))
    assert all(60 < times < 140 for times in firsts.values())


def test_the_order_is_the_days_and_not_the_words(index):
    index.rebuild(document(number, "care", "night " * number) for number in range(50))
    first_day = [hit.id for hit in find(index, "care ")]
    assert [hit.id for hit in find(index, "")] == first_day
    assert [hit.id for hit in find(index, "care ", day=2)] != first_day


def test_inv_04_an_id_updated_twice_in_one_commit_is_kept_once(index):
    index.rebuild([])
    index.update([document(1, "care"), document(1, "night")])
    assert (len(find(index, "")), len(find(index, "care "))) == (1, 0)
    assert bands(find(index, "night ")) == {1: 1}


def test_inv_04_an_id_added_and_gone_in_one_commit_is_gone(people):
    people.update([document(1, "care"), document(5, "night")], [1, 5, 99])
    assert people.contents().keys() == {2, 3, 4}
    assert people.state().documents == 3


def test_an_update_without_effect_writes_nothing(people):
    before = people.state()
    people.update([], [99])
    assert people.state() == before


WORDS = st.lists(st.sampled_from(["care", "night", "shift", "garden", "choir"]), max_size=4).map(
    " ".join
)
MARKS = st.sets(st.sampled_from(["kind=interim", "kind=project", "place=here"]))
DOCUMENTS = st.builds(document, st.integers(1, 6), WORDS, WORDS, WORDS, MARKS)
CHANGES = st.tuples(st.lists(DOCUMENTS, max_size=4), st.sets(st.integers(1, 6), max_size=2))


def indexed(folder, documents):
    index = WhooshIndex(Path(folder), ENGLISH)
    index.rebuild(documents)
    return index


@settings(max_examples=40, deadline=None)
@given(st.lists(CHANGES, max_size=8), WORDS)
def test_inv_04_changes_one_by_one_give_what_a_rebuild_gives(changes, text):
    final = {}
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        index = indexed(one, [])
        for documents, gone in changes:
            index.update(documents, gone)
            final |= {each.id: each for each in documents}
            final = {number: final[number] for number in final.keys() - gone}
        rebuilt = indexed(other, final.values())
        assert index.contents() == rebuilt.contents()
        for connected in ([], [1, 2, 3]):
            hits = find(index, text, connected=connected)
            assert list(hits) == list(find(rebuilt, text, connected=connected))


def found_beside(number, index, text, marks):
    stems = ENGLISH.stems(text)
    like = index.resembling(stems, connected=[2], without=[number], day=1, limit=9)
    hits = find(index, text, marks=marks, connected=[2])
    return [hit for hit in hits if hit.id != number], like


@settings(max_examples=40, deadline=None)
@given(st.lists(DOCUMENTS, min_size=1, unique_by=lambda each: each.id), DOCUMENTS, WORDS, MARKS)
def test_inv_02_what_others_write_changes_nothing_for_the_rest(documents, changed, text, marks):
    with TemporaryDirectory() as folder:
        index = indexed(folder, documents)
        before = found_beside(changed.id, index, text, marks)
        index.update([changed])
        assert found_beside(changed.id, index, text, marks) == before


@settings(max_examples=40, deadline=None)
@given(st.lists(DOCUMENTS, min_size=1, unique_by=lambda each: each.id), WORDS, WORDS)
def test_inv_02_what_connections_see_changes_nothing_for_others(documents, more, text):
    hidden = Layer(more, more, frozenset({"kind=interim"}))
    changed = [Document(each.id, each.members, hidden) for each in documents]
    with TemporaryDirectory() as folder:
        index = indexed(folder, documents)
        before = [list(find(index, text, marks=marks)) for marks in ([], ["kind=interim"])]
        spelt = index.near("gardne"), index.near("chior")
        index.update(changed)
        after = [list(find(index, text, marks=marks)) for marks in ([], ["kind=interim"])]
        assert (after, (index.near("gardne"), index.near("chior"))) == (before, spelt)


def test_a_missing_index_is_unavailable_until_it_is_rebuilt(index):
    assert index.state().condition == Condition.MISSING
    for ask in (lambda: find(index, "care"), lambda: index.near("care"), index.contents):
        with pytest.raises(IndexUnavailable):
            ask()
    with pytest.raises(IndexUnavailable):
        index.update([document(1, "care")])
    index.rebuild([document(1, "care")])
    assert index.state().condition == Condition.OK


def files(index_folder):
    return sorted(
        path for path in index_folder.rglob("*") if path.is_file() and path.stat().st_size
    )


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


DAMAGES = [flip, Path.unlink, lambda path: os.truncate(path, path.stat().st_size // 2)]
DAMAGES += [lambda path: os.truncate(path, 0), lambda path: path.write_bytes(b"\x00" * 999)]


@pytest.mark.parametrize("damage", DAMAGES, ids=["flip", "delete", "halve", "empty", "zero"])
@pytest.mark.parametrize("number", range(3), ids=["contents", "segment", "pointer"])
def test_a_damaged_file_makes_it_unavailable_and_a_rebuild_mends_it(
    people, tmp_path, damage, number
):
    damaged = files(tmp_path / "index")
    assert len(damaged) == 3
    damage(damaged[number])
    opened = WhooshIndex(tmp_path / "index", ENGLISH)
    with pytest.raises(IndexUnavailable):
        find(opened, "night")
    with pytest.raises(IndexUnavailable):
        opened.update([document(9, "care")])
    assert opened.state().condition != Condition.OK
    opened.rebuild([document(1, "night")])
    assert bands(find(opened, "night ")) == bands(find(people, "night ")) == {1: 1}


def test_a_folder_deleted_while_open_makes_it_unavailable_and_a_rebuild_mends_it(people, tmp_path):
    find(people, "night")
    for path in files(tmp_path / "index"):
        path.unlink()
    with pytest.raises(IndexUnavailable):
        find(people, "night")
    people.rebuild([document(1, "night")])
    assert bands(find(people, "night ")) == {1: 1}


def test_what_was_read_is_not_looked_for_again(people, tmp_path):
    find(people, "night")
    for path in (tmp_path / "index").glob("*/*.seg"):
        os.truncate(path, 10)
    assert bands(find(people, "gardens ")) == {4: 1}
    assert people.state().condition == Condition.BROKEN


def test_an_index_of_another_language_is_unavailable(people, tmp_path):
    with pytest.raises(IndexUnavailable):
        find(WhooshIndex(tmp_path / "index", Analyzer("sv")), "night")


def test_a_writer_waits_for_another_and_then_gives_up(people, tmp_path, monkeypatch):
    monkeypatch.setattr(whoosh_index, "_LOCK_SECONDS", 0.1)
    lock = locked(tmp_path / "index" / "lock", seconds=0)
    for write in (people.update, people.rebuild):
        with pytest.raises(IndexUnavailable, match="Another process"):
            write([document(1, "care")])
    lock.release()
    people.update([document(1, "care")])
    assert bands(find(people, "care ")) == {1: 1, 2: 1}


def test_a_rebuild_that_fails_leaves_the_index_as_it_was(people, tmp_path):
    def failing():
        yield document(7, "care")
        raise LookupError

    before = files(tmp_path / "index")
    with pytest.raises(LookupError):
        people.rebuild(failing())
    assert files(tmp_path / "index") == before
    assert bands(find(people, "gardens ")) == {4: 1}


def test_a_commit_cut_short_is_not_seen_and_the_next_one_succeeds(people, tmp_path, monkeypatch):
    monkeypatch.setattr(WhooshIndex, "_publish", lambda *_, **__: sys.exit())
    with pytest.raises(SystemExit):
        people.update([document(7, "care")])
    monkeypatch.undo()
    assert 7 not in people.contents()
    people.update([document(8, "care")])
    opened = WhooshIndex(tmp_path / "index", ENGLISH)
    assert opened.contents().keys() == {1, 2, 3, 4, 8}


def test_a_rebuild_reads_its_documents_one_by_one_and_leaves_one_folder(people, tmp_path):
    seen = []
    people.rebuild(seen.append(number) or document(number, "care") for number in range(5_000))
    assert len(seen) == len(find(people, "care ")) == 5_000
    assert len([path for path in (tmp_path / "index").iterdir() if path.is_dir()]) == 1


def test_many_small_commits_leave_few_files(people, tmp_path):
    for number in range(40):
        people.update([document(number, "care")])
    assert len(files(tmp_path / "index")) < 12
    assert len(find(people, "care ")) == 40


def test_the_generation_grows_with_every_commit(people):
    generations = [people.state().generation]
    people.update([document(1, "care")])
    generations.append(people.state().generation)
    people.rebuild([])
    generations.append(people.state().generation)
    assert generations == [1, 2, 3]


def test_text_beyond_a_hundred_thousand_characters_is_cut(index):
    index.rebuild([document(1, "care", "word " * 20_000 + "night")])
    assert bands(find(index, "word ")) == {1: 2}
    assert not find(index, "night ")


def test_threads_share_an_index(people):
    found = []

    def ask():
        found.extend(len(find(people, "night ", day=day)) for day in range(50))

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(20):
        people.update([document(50 + number, "care")])
    for thread in threads:
        thread.join()
    assert found == [3] * 200


READER = """
import sys
from pathlib import Path
from network.search.query import parse
from network.search.terms import Analyzer
from network.search.whoosh_index import WhooshIndex
analyzer = Analyzer("en")
index = WhooshIndex(Path(sys.argv[1]), analyzer)
print("ready", flush=True)
while not Path(sys.argv[2]).exists():
    found = index.find(parse("care ", analyzer), marks=(), connected=(), day=1)
    assert len(found) == 30, len(found)
"""


def test_another_process_reads_while_one_writes(index, tmp_path):
    people = [document(number, "care") for number in range(30)]
    index.rebuild(people)
    done = tmp_path / "done"
    command = [sys.executable, "-c", READER, tmp_path / "index", done]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout.readline() == "ready\n"
        for number in range(60):
            index.update([people[number % 30], document(100 + number, "night")])
            if number % 10 == 0:
                index.rebuild(people)
        done.touch()
    assert reader.returncode == 0
