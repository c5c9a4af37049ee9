"""Money before it is spent: each call that costs is first taken from the budget of its run and of the month.

What a call can cost at most is set aside before it is made, so that calls made at once cannot pass a limit
together; when the call is over, what it really cost takes the place of that. All amounts are in USD.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from extractor.core.cancellation import stopped_by
from extractor.core.errors import N_, BudgetError, PutOffError, StoppedError
from extractor.core.extractions import Usage
from extractor.spending.idempotency import current_claim

if TYPE_CHECKING:
    from extractor.core.claims import Claim
    from extractor.settings.cloud import CostRules


class Ledger(Protocol):
    """Remembers what was spent in a month. `extractor.store.Store` is one that all processes share."""

    def reserve(
        self, model: str, most: float | None, monthly_limit: float | None, claim: Claim | None = None
    ) -> int | None:
        """Set `most` USD aside (None: nobody knows); None when that would pass the limit of this month.

        Only while the `claim` under which the call is made holds: raises ClaimLostError (a StoppedError).
        """

    def settle(self, id: int, usd: float | None) -> None:
        """What the call cost; None: nobody knows, so what was set aside stays set aside."""


class MemoryLedger:
    """A ledger that lasts as long as the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spent: list[tuple[str, float]] = []

    def reserve(
        self, model: str, most: float | None, monthly_limit: float | None, claim: Claim | None = None
    ) -> int | None:
        with self._lock:
            # A clock that was set back opens no new month.
            month = max(f"{datetime.now(UTC):%Y-%m}", max((when for when, _ in self._spent), default=""))
            spent = sum(usd for when, usd in self._spent if when == month)
            if monthly_limit is not None and spent + (most or 0.0) > monthly_limit:
                return None
            self._spent.append((month, most or 0.0))
            return len(self._spent) - 1

    def settle(self, id: int, usd: float | None) -> None:
        if usd is not None:
            with self._lock:
                self._spent[id] = (self._spent[id][0], usd)


_process = MemoryLedger()

default_ledger: Callable[[], Ledger | None] = lambda: None  # noqa: E731
"""Opens the ledger of a budget that is given none; set where the package is put together (`extractor`)."""


class _Account:
    """What the tries of one run spent together, in USD, and their calls. To be touched while holding `changed`."""

    def __init__(self, spent: float) -> None:
        self.changed = threading.Condition()
        self.spent = spent
        self.aside = 0.0
        self.asking = 0  # Calls that wait for the ledger,
        self.calls = 0  # that are at work,
        self.over = 0  # that are over.


class Budget:
    """What one run may spend. Safe to use from several threads.

    `rules` are the limits, those of the cloud configuration when None. `ledger` knows the month; when None, it is the
    store's where there is one, else that of this process. `spent` are USD that earlier tries of the same run cost:
    trying again what failed begins no new budget (see also `again`).
    """

    def __init__(self, rules: CostRules | None = None, ledger: Ledger | None = None, spent: float = 0.0) -> None:
        self._rules, self._given_rules = rules, rules
        self._given = ledger
        self._stopped = threading.Event()
        self._account = _Account(spent)

    @property
    def rules(self) -> CostRules:
        if self._rules is None:
            from extractor.settings.cloud import load_cloud

            self._rules = load_cloud().cost
        return self._rules

    @cached_property
    def _ledger(self) -> Ledger:
        return self._given or default_ledger() or _process

    @property
    def limited(self) -> bool:
        return self.rules.budget_limit is not None or self.rules.monthly_limit is not None

    @property
    def spent(self) -> float:
        """USD spent or set aside so far."""
        with self._account.changed:
            return self._account.spent + self._account.aside

    def again(self) -> Budget:
        """The budget for another try of the same run: one account for all tries, but not stopped with this one. Limits
        that the configuration has by now hold."""
        other = Budget(self._given_rules, self._given)
        other._account = self._account
        return other

    @property
    def stopped(self) -> threading.Event:
        """Set by `stop`."""
        return self._stopped

    def stop(self) -> None:
        """No further call of this run is begun, not even a retry."""
        with self._account.changed:
            self._stopped.set()
            self._account.changed.notify_all()

    @contextmanager
    def call(self, model: str, most: float | None) -> Iterator[Paid]:
        """Around one call that costs `most` USD at most (None: its price is unknown).

        Waits while calls at work leave too little for it, since most cost less than is set aside for them.
        Raises BudgetError when it would pass a limit, StoppedError after `stop`.
        """
        id = self._admit(model, most)
        paid = Paid()
        try:
            with stopped_by(self._stopped):
                yield paid
        except (StoppedError, PutOffError):
            paid.usd = 0.0
            raise
        finally:
            self._ledger.settle(id, paid.usd)
            with self._account.changed:
                self._account.calls -= 1
                self._account.over += 1
                self._account.aside -= most or 0.0
                self._account.spent += (most or 0.0) if paid.usd is None else paid.usd
                self._account.changed.notify_all()

    def _admit(self, model: str, most: float | None) -> int:
        """Set aside what the call can cost; returns its number in the ledger."""
        amount, rules = most or 0.0, self.rules
        while True:
            with self._account.changed:
                if self._stopped.is_set():
                    raise StoppedError
                over = self._account.over
                problem = self._over_the_run(amount, rules)
                if problem is None:
                    self._account.asking += 1
                    self._account.aside += amount
                elif self._account.spent + amount > (rules.budget_limit or 0.0):
                    raise problem  # Whatever the calls at work give back.
            if problem is None:
                if (id := self._reserve(model, most, rules.monthly_limit)) is not None:
                    return id
                template = N_(
                    "This call can cost up to ${most:.4f}, which would pass the limit of ${limit:.2f} a month."
                )
                problem = BudgetError(template, spent=Usage(0, 0), most=amount, limit=rules.monthly_limit)
            with self._account.changed:
                while self._account.over == over and not self._stopped.is_set():
                    if self._idle:
                        raise problem
                    self._account.changed.wait()

    def _reserve(self, model: str, most: float | None, monthly_limit: float | None) -> int | None:
        """`Ledger.reserve` for an amount that is set aside here. Not under the lock: calls that begin at once wait
        for the disk together."""
        id = None
        try:
            claim = current_claim()
            under = () if claim is None else (claim,)
            id = self._ledger.reserve(model, most, monthly_limit, *under)
        finally:
            with self._account.changed:
                self._account.asking -= 1
                if id is not None:
                    self._account.calls += 1
                else:
                    self._account.aside -= most or 0.0
                    if self._idle:
                        self._account.changed.notify_all()
        return id

    @property
    def _idle(self) -> bool:
        """Nobody is at work who may give something back."""
        return not self._account.calls and not self._account.asking

    def _over_the_run(self, amount: float, rules: CostRules) -> BudgetError | None:
        gone = self._account.spent + self._account.aside
        if rules.budget_limit is None or gone + amount <= rules.budget_limit:
            return None
        template = N_(
            "This call can cost up to ${most:.4f}, which would pass the limit of ${limit:.2f} a run; "
            "${gone:.4f} are spent or set aside for calls at work."
        )
        return BudgetError(template, spent=Usage(0, 0), most=amount, limit=rules.budget_limit, gone=gone)


class Paid:
    """What a call cost, to be set by who made it. None: nobody knows."""

    usd: float | None = None
