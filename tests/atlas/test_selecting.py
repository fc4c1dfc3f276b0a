"""What is remembered of questions: once for all who ask at the same time, and never of an older index."""

import threading

import pytest

from gongshi.atlas import selecting
from gongshi.atlas.criteria import Criteria, Words
from gongshi.atlas.selecting import Selections
from tests.atlas.test_viewport import a_city

WORD = Criteria(words=(Words(("name",), (("camera",),)),))


def test_many_who_ask_the_same_at_once_work_it_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    index, worked = a_city(500), []
    plain = selecting._with_words
    monkeypatch.setattr(selecting, "_with_words", lambda *given: worked.append(given) or plain(*given))
    selections = Selections()
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(selections.of(index, WORD).total)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found, len(worked)) == ([500] * 8, 1)


def test_a_new_index_is_asked_anew() -> None:
    selections = Selections()
    assert selections.of(a_city(3), Criteria()).total == 3
    new = a_city(5)
    assert selections.of(new, Criteria()).total == 5
    assert all(kept.index is new for kept in selections._kept.values())


def test_what_was_asked_longest_ago_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selecting, "_KEPT", 2)
    index, selections = a_city(3), Selections()
    asked = [
        Criteria(tables=(("status", frozenset([status])),)) for status in ("online", "offline", "repair")
    ]
    first = selections.of(index, asked[0])
    selections.of(index, asked[1])
    assert selections.of(index, asked[0]) is first
    selections.of(index, asked[2])
    assert list(selections._kept) == [asked[0], asked[2]]
