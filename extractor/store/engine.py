"""Opening the database: connections, transactions, migrations."""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic as clock
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from extractor.core.errors import N_, StoreError
from extractor.store.database_errors import as_store_error

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 5.0
"""How long a write waits for another program to give up the database; a person waits with it."""
MIGRATION_SECONDS = 60.0
# What is left to try for a write that has waited that long for others of this process.
_LAST_TRY = 0.1
# Any constant: it names the lock that PostgreSQL holds while one process migrates.
_MIGRATION_LOCK = 7_241_853
# Alembic keeps the migration in progress in a module global.
_one_at_a_time = threading.Lock()

T = TypeVar("T")


def open_engine(url: str) -> Engine:
    """An engine whose database is migrated to this version. Raises StoreError."""
    try:
        engine = create_engine(url, connect_args=_connect_arguments(url))
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        template = N_("The database URL cannot be used ({reason}). Check RIGHTSDESK_DATABASE_URL.")
        raise StoreError(template, reason=str(error)) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "handle_error", _handle)
    try:
        migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _handle(context: ExceptionContext) -> StoreError | None:
    """The error to be raised in place of a driver's; None to leave it as it is."""
    error = context.original_exception
    driver = getattr(context.dialect, "loaded_dbapi", None)
    if driver is None or not isinstance(error, driver.Error) or isinstance(error, driver.IntegrityError):
        return None  # Two that add the same thing at once is no fault: whoever adds copes with it.
    of = context.connection or context.engine
    options = of.get_execution_options() if of is not None else {}
    return as_store_error(
        error,
        _shown(context.engine.url) if context.engine is not None else "",
        _is_saving(options),
        context.is_disconnect,
        context.connection is not None and context.statement is None,
    )


def _is_saving(options: Mapping[str, Any]) -> bool:
    # What a person has in hand is not at stake while the database is opened.
    return bool(options.get("immediate")) and not options.get("opening")


def _shown(url: URL) -> str:
    return url.database or "" if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


class WriteTransactions:
    """Transactions that write.

    In SQLite they take the write lock at once: a transaction that first reads and later writes would fail, not
    wait, when another one wrote in between. The threads of this process wait for each other here: SQLite lets
    them poll with growing pauses. For other programs they wait `patience` seconds, all together, not one after the
    other. What the database does not take becomes NotSavedError.
    """

    def __init__(self, engine: Engine, patience: float | None = None) -> None:
        self._engine = engine.execution_options(immediate=True)
        self._hasty = self._engine.execution_options(hasty=True)
        self._alone = engine.dialect.name == "sqlite"
        self._patience = patience
        self._turn = threading.RLock() if self._alone else nullcontext()
        self._waiting: deque[_Work] = deque()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        since = clock()
        with self._turn, self._begun(self._engine, since) as connection:
            yield connection

    @contextmanager
    def _begun(self, engine: Engine, since: float) -> Iterator[Connection]:
        """A transaction. What the others of this process had to wait since then is not waited for again."""
        patience = BUSY_SECONDS if self._patience is None else self._patience
        with engine.connect() as connection:
            connection.info["patience"] = max(patience - (clock() - since), _LAST_TRY)
            with connection.begin():
                yield connection

    def together(self, work: Callable[[Connection], T], durable: bool = True) -> T:
        """What `work` returns, once it is written.

        In SQLite, where only one may write at a time, the threads that wait for their turn share a transaction and
        with it one wait for the disk. When one of them fails, each is done again by itself: `work` may run twice.
        What is not `durable` outlives this process, but a power cut may lose it.
        """
        if not self._alone:
            with self.begin() as connection:
                return work(connection)
        mine = _Work(work, durable)
        self._waiting.append(mine)
        with self._turn:
            if not mine.done:
                self._do([self._waiting.popleft() for _ in range(len(self._waiting))])
        if mine.error is not None:
            raise mine.error
        result: T = mine.result
        return result

    def _do(self, works: list[_Work]) -> None:
        """Do the work of several, in one transaction when none of it fails. Each gets its own result or error."""
        engine = self._engine if any(work.durable for work in works) else self._hasty
        begun = False
        try:
            with self._begun(engine, min(work.since for work in works)) as connection:
                begun = True
                for work in works:
                    work.result = work.call(connection)
        except BaseException as error:
            if len(works) > 1 and (begun or not isinstance(error, StoreError)):
                for work in works:
                    self._do([work])
                return
            # The database did not even let them begin: it is the same for all.
            for work in works:
                work.error = error
        for work in works:
            work.done = True


@dataclass(eq=False)
class _Work:
    call: Callable[[Connection], Any]
    durable: bool
    result: Any = None
    error: BaseException | None = None
    done: bool = False
    since: float = field(default_factory=lambda: clock())


def shrink_log(engine: Engine) -> None:
    """Write SQLite's log into the database and empty it: it holds what was deleted, too. When others read just now a
    part stays until the next time."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.rollback()  # No checkpoint inside of a transaction.
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def migrate(engine: Engine) -> None:
    """Bring the database to the newest version. Processes and threads that open it at once wait for the first."""
    from alembic import command
    from alembic.util import CommandError

    config = alembic_config()
    writer = WriteTransactions(engine.execution_options(opening=True), MIGRATION_SECONDS)
    with _one_at_a_time, writer.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{MIGRATION_SECONDS:.0f}s'")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            template = N_("The database was made by a newer Rightsdesk ({reason}). Update Rightsdesk.")
            raise StoreError(template, reason=str(error)) from error


def alembic_config() -> Any:
    """Alembic's configuration; there is no alembic.ini."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _connect_arguments(url: str) -> dict[str, Any]:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return {"timeout": BUSY_SECONDS}
    if parsed.drivername in ("postgresql", "postgresql+psycopg", "postgresql+psycopg2"):
        milliseconds = int(BUSY_SECONDS * 1000)
        return {"options": f"-c lock_timeout={milliseconds}", "connect_timeout": int(BUSY_SECONDS)}
    return {}


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not begin transactions by itself: _begin_sqlite says which kind.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    # Only asked for where it is not so yet: a database that cannot be written can still be read.
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        connection.execute("PRAGMA journal_mode = WAL")
    # What is deleted is overwritten. Not every build of SQLite does that by itself.
    connection.execute("PRAGMA secure_delete = ON")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    saving = bool(options.get("immediate"))
    wanted = {"busy_timeout": int(connection.info.pop("patience", BUSY_SECONDS) * 10) * 100}
    if saving:
        wanted["synchronous"] = 1 if options.get("hasty") else 2  # NORMAL, FULL
    # Past SQLAlchemy, which would take longer over this than the database over a whole transaction.
    driver: Any = connection.connection.driver_connection
    try:
        for name, value in wanted.items():
            if connection.info.get(name) != value:
                driver.execute(f"PRAGMA {name} = {value}")
                connection.info[name] = value
        driver.execute("BEGIN IMMEDIATE" if saving else "BEGIN")
    except sqlite3.Error as error:
        raise as_store_error(error, _shown(connection.engine.url), _is_saving(options)) from error
