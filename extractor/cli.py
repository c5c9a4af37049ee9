"""The command line: `python -m extractor extract FILE…`.

Results go to stdout, one JSON object a line; everything said to a person goes to stderr.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import click

from .cli_out import Earlier, Task, as_line, left_to_do, open_out, read_earlier, same_file, told_costs
from .config import STRATEGIES
from .core import Extraction
from .document_types import DocumentType, as_document_type, load_document_types
from .errors import RightsdeskError
from .export.jsonlines import json_line
from .extractors import Extractor, create_extractor
from .repeats import one_answer

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
def extract(
    files: tuple[Path, ...],
    type_name: str,
    schema: Path | None,
    models: tuple[str, ...],
    strategy: str | None,
    out: Path | None,
    resume: bool,
) -> None:
    """Extract the metadata of each FILE (PDF, DOCX, HWP, HWPX, TXT, MD) as one JSON object a line, one for each model.

    A FILE that cannot be read, also one that does not exist, gets a line with its `error`; the others go on.

    Exit status: 0 when every document gave a result, 1 when some failed, 2 for bad usage.
    """
    if out is not None and any(same_file(out, file) for file in files):
        raise click.UsageError(f"--out {out} is one of the documents and would be overwritten.")
    if resume and out is None:
        raise click.UsageError("--resume needs --out: it goes on with that file.")
    fixed, types = chosen_type(type_name, schema)
    from .hybrid import fell_back

    extractors = _extractors(models, strategy)
    earlier = read_earlier(out) if out is not None and resume else Earlier()
    work = left_to_do(files, extractors, fixed, earlier, out)
    if earlier.lines:
        report(earlier.told())
    stream = open_out(out, resume)
    costs: list[tuple[float | None, bool]] = []
    fallen: Counter[str] = Counter()
    try:
        for number, file, results in _extract_all(work, _at_once(extractors), fixed, types):
            for result in results:
                stream.write((json_line(as_line(file, result)) + "\n").encode())
                stream.flush()
                costs.append((result.cost_usd, result.error is not None))
                fallen.update(filter(None, [fell_back(result)]))
                model = f" {result.model}:" if len(extractors) > 1 else ""
                told = result.error or f"{result.processing_time * 1000:.0f} ms"
                report(f"[{number}/{len(files)}] {file}:{model} {told}{_cost(result.cost_usd)}")
    finally:
        if out is not None:
            stream.close()
        if spent := told_costs(costs):
            report(spent)
        for why, count in fallen.most_common():
            report(f"{count} of {len(costs)} have the local result, no cloud model's: {why}")
    sys.exit(1 if any(failed for _, failed in costs) else 0)


@main.command()
def types() -> None:
    """List the document types: key, Korean title, English title."""
    try:
        found = load_document_types()
    except RightsdeskError as error:
        raise click.ClickException(str(error)) from error
    for key, document_type in found.items():
        click.echo(f"{key}\t{document_type.title('ko')}\t{document_type.title('en')}")


def chosen_type(type_name: str, schema: Path | None) -> tuple[DocumentType | None, Mapping[str, DocumentType]]:
    """The type that --type or --schema fixes (None: recognise it), and the types to recognise among."""
    if schema is not None and type_name != AUTO:
        raise click.UsageError("Give either --type or --schema: with --schema, that schema is the type.")
    try:
        types = load_document_types() if schema is None else {}
        return (_schema_type(schema) if schema is not None else _named_type(type_name, types)), types
    except RightsdeskError as error:
        raise click.UsageError(str(error)) from error


def _extractors(models: Sequence[str], strategy: str | None) -> list[Extractor]:
    """The extractors of one command. They share a budget."""
    from .budget import Budget, open_ledger

    if strategy is not None and models:
        raise click.UsageError("Give either --model or --strategy: a strategy chooses the models itself.")
    try:
        names = ["hybrid"] if strategy else list(dict.fromkeys(models or ("builtin",)))
        budget = Budget(ledger=open_ledger() if any(name != "builtin" for name in names) else None)
        made = [create_extractor(name, budget=budget) for name in names]
        if strategy:
            made[0].switch_strategy(strategy)  # type: ignore[attr-defined]
        return made
    except RightsdeskError as error:
        raise click.UsageError(str(error)) from error


def _extract_all(
    work: Sequence[Task], at_once: int, fixed: DocumentType | None, types: Mapping[str, DocumentType]
) -> Iterator[tuple[int, Path, list[Extraction]]]:
    """Number, file and results of each file in the order given, as many at once as the cloud configuration allows.

    No file is begun while one `AHEAD` times that many places before it is not done: its results would wait in memory,
    and a crash would lose them. When interrupted it begins no further one, and still hands out what was at work: it
    may have been paid for.
    """
    if at_once == 1:
        for task in work:
            yield task.number, task.file, _extract_one(task, fixed, types)
        return
    waiting = iter(work)
    with ThreadPoolExecutor(at_once) as pool:
        begun: deque[tuple[Task, Future[list[Extraction]]]] = deque()
        try:
            while True:
                for task in itertools.islice(waiting, at_once * AHEAD - len(begun)):
                    begun.append((task, pool.submit(_extract_one, task, fixed, types)))
                if not begun:
                    return
                task, future = begun[0]
                results = future.result()
                begun.popleft()
                yield task.number, task.file, results
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True)
            for task, future in begun:
                if not future.cancelled():
                    yield task.number, task.file, future.result()
            raise


def _at_once(extractors: Sequence[Extractor]) -> int:
    """How many files to work on: waiting for a provider leaves time for others, reading and local models do not."""
    from .config import load_cloud

    waits = any(extractor.model.startswith(("cloud_", "hybrid")) for extractor in extractors)
    return load_cloud().concurrent_requests if waits else 1


def _extract_one(task: Task, fixed: DocumentType | None, types: Mapping[str, DocumentType]) -> list[Extraction]:
    """The results for one file. Whatever goes wrong ends up in their `error`, so that the others go on."""
    from .reading.apart import read
    from .recognition import propose_type

    title = fixed.title() if fixed else ""
    file = task.file
    try:
        document = read(file, file.name)
        document_type = fixed or types[propose_type(document, types)[0]]
    except Exception as error:
        message = _message(file, error)
        return [Extraction(one.model, one.provider, title, cost_usd=0.0, error=message) for one in task.extractors]
    results = []
    for extractor, place in zip(task.extractors, task.places, strict=True):
        try:
            with one_answer(*place):
                result = extractor.extract(document, document_type)
        except Exception as error:
            result = Extraction(extractor.model, extractor.provider, title, error=_message(file, error))
        results.append(replace(result, document_type=title if result.error else document_type.title()))
    return results


def _message(file: Path, error: Exception) -> str:
    if isinstance(error, RightsdeskError):
        return str(error)
    if isinstance(error, OSError):
        return f"{file.name}: cannot be read ({error.strerror or error})."
    return f"{file.name}: {type(error).__name__}: {error}"


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


def report(message: str) -> None:
    """One line for a person, whatever is in the file's name."""
    click.echo(message.encode("utf-8", "replace").decode().replace("\n", " "), err=True)


from . import cli_models, cli_train  # noqa: E402, F401 (their commands join `main`)
