"""Opening the database: connections, transactions, migrations."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from ..errors import N_, StoreError

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 30
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
    try:
        migrate(engine)
    except DBAPIError as error:
        engine.dispose()
        template = N_("The database {url} cannot be opened ({reason}).")
        shown = engine.url.render_as_string(hide_password=True)
        raise StoreError(template, url=shown, reason=str(error.orig)) from error
    return engine


class Writer:
    """Transactions that write.

    In SQLite they take the write lock at once: a transaction that first reads and later writes would fail, not
    wait, when another one wrote in between. The threads of this process wait for each other here: SQLite lets
    them poll with growing pauses.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(immediate=True)
        self._hasty = self._engine.execution_options(hasty=True)
        self._alone = engine.dialect.name == "sqlite"
        self._turn = threading.RLock() if self._alone else nullcontext()
        self._waiting: deque[_Work] = deque()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        with self._turn, self._engine.begin() as connection:
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
        return mine.result

    def _do(self, works: list[_Work]) -> None:
        engine = self._engine if any(work.durable for work in works) else self._hasty
        try:
            with engine.begin() as connection:
                for work in works:
                    work.result = work.call(connection)
        except BaseException as error:
            if len(works) > 1:
                for work in works:
                    self._do([work])
                return
            works[0].error = error
        for work in works:
            work.done = True


@dataclass
class _Work:
    call: Callable[[Connection], Any]
    durable: bool
    result: Any = None
    error: BaseException | None = None
    done: bool = False


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
    with _one_at_a_time, Writer(engine).begin() as connection:
        if engine.dialect.name == "postgresql":
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
    return {"timeout": BUSY_SECONDS} if make_url(url).get_backend_name() == "sqlite" else {}


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not begin transactions by itself: _begin_sqlite says which kind.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA journal_mode = WAL")
    # What is deleted is overwritten. Not every build of SQLite does that by itself.
    connection.execute("PRAGMA secure_delete = ON")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    # Past SQLAlchemy, which would take longer over this than the database over a whole transaction.
    driver: Any = connection.connection.driver_connection
    if not options.get("immediate"):
        driver.execute("BEGIN")
        return
    level = "NORMAL" if options.get("hasty") else "FULL"
    if connection.info.get("synchronous") != level:
        driver.execute(f"PRAGMA synchronous = {level}")
        connection.info["synchronous"] = level
    driver.execute("BEGIN IMMEDIATE")
