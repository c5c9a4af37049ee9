"""The command line: `python -m extractor extract FILE…`.

Results go to stdout, one JSON object a line; everything said to a person goes to stderr.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import click

from extractor.cli.output import Earlier, Task, as_line, left_to_do, same_file, told_costs
from extractor.cli.reading import Read, Reader
from extractor.cli.result_file import OutFile
from extractor.core.document_types import DocumentType, as_document_type, read_document_types
from extractor.core.errors import RightsdeskError
from extractor.core.model_keys import BUILTIN, HYBRID
from extractor.export.jsonlines import json_line
from extractor.extractors.base import Extractor
from extractor.extractors.registry import create_extractor
from extractor.settings.cloud import STRATEGIES

if TYPE_CHECKING:
    from extractor.spending.budget import Budget
    from extractor.store import Store

AUTO = "auto"
AHEAD = 4
"""Results wait in memory for at most so many times the files worked on at once (see `_extract_all`)."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Rightsdesk: metadata of copyright contracts and consent forms, each value with its evidence."""


FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
TYPE = click.option(
    "--type",
    "type_name",
    default=AUTO,
    show_default=True,
    metavar="TYPE",
    help="Document type: its key (contract) or its Korean or English title; auto recognises it.",
)
SCHEMA = click.option(
    "--schema",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE.json",
    help='A JSON Schema, or the short form {"title": "string", "date": "date"}, to use as the type.',
)
MODELS = click.option(
    "--model",
    "models",
    multiple=True,
    metavar="KEY",
    help="A model to use (see the command models), builtin by default. Give it again for several.",
)


@main.command()
@FILES
@TYPE
@SCHEMA
@MODELS
@click.option(
    "--strategy",
    type=click.Choice(STRATEGIES),
    help="Instead of --model: local, cloud, or hybrid (local first, the cloud where that is not good enough).",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    metavar="FILE.jsonl",
    help="Write the results there, not to stdout. Each line is written when its document is done.",
)
@click.option(
    "--resume",
    is_flag=True,
    help="With --out: keep the lines that are there and ask only for what has no result yet.",
)
@click.option(
    "--again",
    is_flag=True,
    help="Ask models that cost money anew, also for what the desk has their answer to.",
)
def extract(
    files: tuple[Path, ...],
    type_name: str,
    schema: Path | None,
    models: tuple[str, ...],
    strategy: str | None,
    out: Path | None,
    resume: bool,
    again: bool,
) -> None:
    """Extract the metadata of each FILE (PDF, DOCX, HWP, HWPX, TXT, MD) as one JSON object a line, one for each model.

    A FILE that cannot be read, also one that does not exist, gets a line with its `error`; the others go on.

    Where there is a desk (RIGHTSDESK_DATA, RIGHTSDESK_DATABASE_URL), an answer that it has is not bought again, and one
    that is bought for a document of the desk is kept there.

    Exit status: 0 when every document gave a result, 1 when some failed, 2 for bad usage.
    """
    if out is not None and any(same_file(out, file) for file in files):
        raise click.UsageError(f"--out {out} is one of the documents and would be overwritten.")
    if resume and out is None:
        raise click.UsageError("--resume needs --out: it goes on with that file.")
    from extractor.spending.budget import Budget

    fixed, types = chosen_type(type_name, schema)
    store = _store(models, strategy)
    file = OutFile(out, resume) if out is not None else None
    try:
        earlier = file.earlier if file else Earlier()
        # Going on with a file is another try of the same run: it has no budget of its own.
        budget = Budget(ledger=store, spent=earlier.spent)
        extractors = _extractors(models, strategy, budget)
        work = left_to_do(files, extractors, fixed, earlier, out)
        if earlier.lines:
            report(earlier.told())
        reader = Reader(fixed, types, store, again, report, budget.stopped)
        results = _extract_all(work, _at_once(extractors), reader, budget.stop)
        failed = _write(file, len(files), results, len(extractors) > 1)
        reader.close()
    finally:
        if file:
            file.close()
    sys.exit(1 if failed else 0)


def _write(file: OutFile | None, count: int, results: Iterator[tuple[int, Path, list[Read]]], several: bool) -> bool:
    """Write each result when it comes; whether one failed."""
    from extractor.extractors.hybrid.extractor import fell_back

    stream = file.stream if file else sys.stdout.buffer
    costs: list[tuple[float | None, bool]] = []
    fallen: Counter[str] = Counter()
    whole = False
    try:
        for number, path, read in results:
            for result, document_type, there in read:
                stream.write((json_line(as_line(path, result, document_type)) + "\n").encode())
                stream.flush()
                costs.append((result.cost_usd, result.error is not None))
                if why := fell_back(result):
                    fallen[why] += 1
                model = f" {result.model}:" if several else ""
                outcome = result.error or ("from the desk" if there else f"{result.processing_time * 1000:.0f} ms")
                report(f"[{number}/{count}] {path}:{model} {outcome}{_cost(result.cost_usd)}")
        if file:
            file.done()
        whole = True
    finally:
        if file and not whole and (summary := file.told()):
            report(summary)
        if spent := told_costs(costs):
            report(spent)
        for why, times in fallen.most_common():
            report(f"{times} of {len(costs)} have the local result, no cloud model's: {why}")
    return any(failed for _, failed in costs)


@main.command()
def types() -> None:
    """List the document types: key, Korean title, English title."""
    for key, document_type in known_types().items():
        click.echo(f"{key}\t{document_type.title('ko')}\t{document_type.title('en')}")


def chosen_type(type_name: str, schema: Path | None) -> tuple[DocumentType | None, Mapping[str, DocumentType]]:
    """The type that --type or --schema fixes (None: recognise it), and the types to recognise among."""
    if schema is not None and type_name != AUTO:
        raise click.UsageError("Give either --type or --schema: with --schema, that schema is the type.")
    try:
        types = known_types() if schema is None else {}
        return (_schema_type(schema) if schema is not None else _named_type(type_name, types)), types
    except RightsdeskError as error:
        raise click.UsageError(str(error)) from error


def _store(models: Sequence[str], strategy: str | None) -> Store | None:
    """The store that knows what was paid; None where there is none, and for models that cost nothing."""
    from extractor.desk.ledger import open_ledger

    try:
        return open_ledger() if strategy or any(name != BUILTIN for name in models) else None
    except RightsdeskError as error:
        raise click.UsageError(str(error)) from error


def _extractors(models: Sequence[str], strategy: str | None, budget: Budget) -> list[Extractor]:
    """The extractors of one command. They share a budget."""
    if strategy is not None and models:
        raise click.UsageError("Give either --model or --strategy: a strategy chooses the models itself.")
    try:
        names = [HYBRID] if strategy else list(dict.fromkeys(models or (BUILTIN,)))
        made = [create_extractor(name, budget=budget) for name in names]
        if strategy:
            made[0].switch_strategy(strategy)  # type: ignore[attr-defined]
        return made
    except RightsdeskError as error:
        raise click.UsageError(str(error)) from error


def _extract_all(
    work: Sequence[Task], at_once: int, read: Callable[[Task], list[Read]], stop: Callable[[], None]
) -> Iterator[tuple[int, Path, list[Read]]]:
    """Number, file and results of each file in the order given, as many at once as the cloud configuration allows.

    No file is begun while one `AHEAD` times that many places before it is not done: its results would wait in memory,
    and a crash would lose them. When interrupted it begins no further one, `stop`s what is not sent, and still hands
    out what was: it may have been paid for.
    """
    if at_once == 1:
        for task in work:
            yield task.number, task.file, read(task)
        return
    waiting = iter(work)
    with ThreadPoolExecutor(at_once) as pool:
        begun: deque[tuple[Task, Future[list[Read]]]] = deque()
        try:
            while True:
                for task in itertools.islice(waiting, at_once * AHEAD - len(begun)):
                    begun.append((task, pool.submit(read, task)))
                if not begun:
                    return
                task, future = begun[0]
                results = future.result()
                begun.popleft()
                yield task.number, task.file, results
        except KeyboardInterrupt:
            stop()
            pool.shutdown(cancel_futures=True)
            for task, future in begun:
                if not future.cancelled():
                    yield task.number, task.file, future.result()
            raise


def _at_once(extractors: Sequence[Extractor]) -> int:
    """How many files to work on: waiting for a provider leaves time for others, reading and local models do not."""
    from extractor.settings.cloud import load_cloud

    return load_cloud().concurrent_requests if any(extractor.paid for extractor in extractors) else 1


def _cost(usd: float | None) -> str:
    return ", cost unknown" if usd is None else f", ${usd:.6f}" if usd else ""


def _named_type(name: str, types: Mapping[str, DocumentType]) -> DocumentType | None:
    """The type of that key or title, None for `auto`."""
    wanted = name.strip().casefold()
    if wanted == AUTO:
        return None
    for key, document_type in types.items():
        if wanted in (key.casefold(), document_type.title("ko").casefold(), document_type.title("en").casefold()):
            return document_type
    known = ", ".join(f"{key} ({document_type.title('ko')})" for key, document_type in types.items())
    raise click.UsageError(f"There is no document type “{name}”. Known types: {known}.")


def _schema_type(path: Path) -> DocumentType:
    try:
        schema = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise click.UsageError(f"{path}: cannot be read ({error.strerror}).") from error
    except (ValueError, RecursionError) as error:
        raise click.UsageError(f"{path}: is not valid JSON in UTF-8 ({error}).") from error
    return as_document_type(schema, path.stem)


def known_types() -> Mapping[str, DocumentType]:
    """All usable document types. Says on stderr which files are left out, and why."""
    document_types = read_document_types()
    for problem in document_types.problems:
        report(f"A document type is left out: {problem}")
    return document_types.types


def report(message: str) -> None:
    """One line for a person, whatever is in the file's name."""
    click.echo(message.encode("utf-8", "replace").decode().replace("\n", " "), err=True)
