"""Claims: one owner at a time, dead owners known by their silence or their process, no clock on the wall."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from extractor.core.claims import Claim, Work
from extractor.core.errors import StoreError
from extractor.core.extractions import Extraction
from extractor.desk.claiming import LEASE, Claimant
from extractor.store import Answered, Busy, ClaimLostError, DocumentRow, Store
from extractor.store.base import now
from tests.store.making import LETTER, extraction

Add = Callable[..., DocumentRow]


def work(hash: str, **other: str) -> Work:
    return replace(Work(hash, LETTER.key, LETTER.version, "cloud_a", "1"), **other)


def result(title: str = "봄날의 기록") -> Extraction:
    return replace(extraction("cloud_a", work_title=title), prompt_version="1", cost_usd=0.5)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_work_has_one_owner_until_its_result_is_there(store: Store, add: Add) -> None:
    hash = add().hash
    claim = store.claim(work(hash), "one")
    assert claim == Claim(work(hash), "one", 0)
    assert store.claim(work(hash), "two") == Busy(work(hash), "one", 0)
    for other in ({"type_version": "x"}, {"model": "x"}, {"prompt_version": "x"}, {"document_type": "x"}):
        assert isinstance(store.claim(work(hash, **other), "two"), Claim)
    store.save_extraction(hash, LETTER, result(), claim)
    assert store.claim(work(hash), "two") == Answered()
    assert isinstance(store.claim(work(hash), "two", since=store.last_result()), Claim), "asked anew"


def test_a_failed_result_frees_the_work_and_counts_for_the_key(store: Store, add: Add) -> None:
    hash = add().hash
    claim = store.claim(work(hash), "one")
    assert isinstance(claim, Claim)
    store.save_extraction(hash, LETTER, result().failed("No."), claim)
    assert store.claim(work(hash), "two") == Claim(work(hash), "two", 1)


def test_an_answer_for_a_document_that_the_desk_does_not_have_is_kept_for_a_while(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = work("ab" * 32)
    claim = store.claim(there, "one")
    assert isinstance(claim, Claim)
    store.keep_result(claim, LETTER, result())
    found = store.claim(there, "two")
    assert isinstance(found, Answered) and found.extraction is not None
    assert found.extraction.metadata["work_title"] == "봄날의 기록" and found.extraction.cost_usd == 0.0
    asked_anew = store.claim(there, "two", since=0, kept=False)
    assert asked_anew == Claim(there, "two", 1), "under another idempotency key"
    store.keep_result(asked_anew, LETTER, result().failed("No."))
    assert isinstance(store.claim(there, "two"), Answered), "the answer that was paid for is still there"
    asked_anew = store.claim(there, "two", since=0, kept=False)
    assert asked_anew == Claim(there, "two", 2)
    store.release_claim(asked_anew)
    assert isinstance(store.claim(there, "two"), Answered)
    asked_anew = store.claim(there, "two", since=0, kept=False)
    assert isinstance(asked_anew, Claim)
    store.keep_result(asked_anew, LETTER, result("은빛 강가"))
    monkeypatch.setattr("extractor.store.claims.now", lambda: now() + timedelta(days=2))
    assert isinstance(store.claim(there, "three"), Claim)
    store.release_claim(Claim(there, "three", 0))
    with pytest.raises(StoreError):
        store.row(there.hash)


def test_no_money_is_set_aside_without_the_claim(store: Store, add: Add) -> None:
    claim = store.claim(work(add().hash), "one")
    assert isinstance(claim, Claim)
    assert store.reserve("cloud_a", 1.0, None, claim) is not None
    busy = store.claim(claim.work, "two")
    assert isinstance(busy, Busy) and store.take_over(busy, "two")
    with pytest.raises(ClaimLostError):
        store.reserve("cloud_a", 1.0, None, claim)
    assert store.spent_this_month() == 1.0


def test_an_owner_that_is_silent_for_long_is_dead_and_one_that_beats_is_not(store: Store, add: Add) -> None:
    there, clock = work(add().hash), Clock()
    assert isinstance(store.claim(there, "another machine:1:x"), Claim)
    two = Claimant(store, clock)
    assert isinstance(two.claim(there), Busy)
    clock.now = LEASE - 1
    store.beat("another machine:1:x")
    assert isinstance(two.claim(there), Busy)
    clock.now = 2 * LEASE - 2
    assert isinstance(two.claim(there), Busy), "silent since the beat for less than the lease"
    clock.now = 2 * LEASE
    assert two.claim(there) == Claim(there, two.name, 0), "the same key as that of the owner that died"
    two.close()


def test_a_clock_that_is_set_neither_frees_nor_holds_a_claim(
    store: Store, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = work(add().hash)
    assert isinstance(store.claim(there, "another machine:1:x"), Claim)
    two = Claimant(store, Clock())
    for days in (400, -400):
        for name in ("claims", "results", "base"):
            monkeypatch.setattr(f"extractor.store.{name}.now", lambda days=days: now() + timedelta(days=days))
        assert isinstance(two.claim(there), Busy)
    two.close()


def test_the_claim_of_a_process_that_ended_is_free_at_once(store: Store, add: Add) -> None:
    there = work(add().hash)
    code = f"""
import os
from extractor.desk.claiming import Claimant
from extractor.store import Store
from extractor.core.claims import Work
Claimant(Store.open(folder={str(store.folder)!r})).claim(Work(*{(there.hash, *list(vars(there).values())[1:])!r}))
os._exit(1)
"""
    assert subprocess.run([sys.executable, "-c", code], timeout=120).returncode == 1
    two = Claimant(store, Clock())
    assert two.claim(there) == Claim(there, two.name, 0)
    assert isinstance(Claimant(store, Clock()).claim(there), Busy), "this process lives"
    two.close()


def test_a_claim_is_given_up_when_nothing_came_of_it(store: Store, add: Add) -> None:
    there, one = work(add().hash), Claimant(store)
    claim = one.claim(there)
    assert isinstance(claim, Claim)
    with pytest.raises(ZeroDivisionError), one.working(claim):
        raise ZeroDivisionError
    assert isinstance(store.claim(there, "two"), Claim)
    one.close()
