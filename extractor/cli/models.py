"""The commands about models: which there are, what they will cost, how right they are."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from extractor.cli.app import FILES, MODELS, SCHEMA, TYPE, chosen_type, known_types, main, report
from extractor.cli.reading import told_pages
from extractor.core.errors import RightsdeskError
from extractor.core.model_keys import BUILTIN, HYBRID, cloud_key, local_key
from extractor.export.jsonlines import json_line
from extractor.extractors.base import ModelInfo
from extractor.extractors.registry import available_models, create_extractor


@main.command()
@click.option("--check", is_flag=True, help="Ask the providers which of their models are still there.")
def models(check: bool) -> None:
    """List the models that --model takes, tab-separated.

    Key, name, provider, model id, USD per million tokens read/written, available or why not, and what answers in the
    place of one that its provider takes away. With --check, the providers that there is a key for are asked: one line a
    model, tab-separated: key, provider, model id, `there`, `gone` or `not asked`, and until when or why. Exit status 1
    when a model is gone or a provider did not answer.
    """
    if check:
        sys.exit(_check())
    for key, info in _known().items():
        state = "available" if info.available else str(info.reason)
        state = f"{state} ({info.note})" if info.note else state
        click.echo("\t".join((key, info.name, info.provider, info.model_id or "", _price(info), state)))


def _check() -> int:
    from extractor.extractors.cloud.model_lists import check
    from extractor.settings.cloud import load_cloud

    try:
        checked = check(load_cloud())
    except RightsdeskError as error:
        raise click.ClickException(str(error)) from error
    for model in checked:
        click.echo(
            "\t".join((cloud_key(model.key), model.provider, model.model_id, model.state.replace("_", " "), model.said))
        )
    return int(any(model.state in ("gone", "failed") for model in checked))


@main.command()
@FILES
@TYPE
@SCHEMA
@MODELS
def estimate(files: tuple[Path, ...], type_name: str, schema: Path | None, models: tuple[str, ...]) -> None:
    """Say what extracting each FILE with each model will cost, before it is spent: one JSON object a line.

    `cost_usd` is null where the price is unknown. With `at_most` it is what hybrid costs when the cloud is asked for
    this document; it costs nothing when the local model is good enough.
    """
    from extractor.desk.forecast import asked_by_hybrid, hybrid
    from extractor.extractors.sandboxed_text import count_tokens, read_and_look
    from extractor.settings.cloud import load_cloud
    from extractor.spending.pricing import cost

    fixed, types = chosen_type(type_name, schema)
    infos = [_info(name) for name in models or (BUILTIN,)]
    asked = asked_by_hybrid(_known().values(), load_cloud().cost)
    at_most = any(info.key == HYBRID for info in infos)
    total, unknown, failures = 0.0, 0, 0
    for file in files:
        try:
            looked = read_and_look(file, file.name, {} if fixed else types, told_pages(file, report))
            usage = count_tokens(looked.document, fixed or types[looked.document_type])
        except RightsdeskError as error:
            click.echo(json_line({"file": str(file), "error": str(error), "error_code": error.code}))
            failures += 1
            continue
        for info in infos:
            usd = cost(info.price, usage) if info.is_paid else 0.0
            if info.key == HYBRID:
                usd = hybrid(1, usage, asked, None).usd
            total += usd or 0.0
            unknown += usd is None
            tokens = (0, 0) if info.key == BUILTIN else (usage.input_tokens, usage.output_tokens)
            line: dict[str, Any] = {"file": str(file), "model": info.key}
            line |= {"input_tokens": tokens[0], "output_tokens": tokens[1]}
            line |= {"cost_usd": usd, "at_most": info.key == HYBRID, "error": None, "error_code": None}
            click.echo(json_line(line))
    report(
        f"{'at most about' if at_most else 'about'} ${total:.4f} together"
        + (f", and {unknown} of unknown cost" if unknown else "")
    )
    sys.exit(1 if failures else 0)


@main.command()
@click.argument("gold", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="GOLD.jsonl")
@MODELS
def evaluate(gold: Path, models: tuple[str, ...]) -> None:
    """Measure how right models are: micro F1 over the documents of GOLD.jsonl, which lie beside it.

    One JSON object a model, with the scores by document type and by field.
    """
    from extractor.desk.ledger import open_ledger
    from extractor.quality.evaluation import Evaluation, load_gold
    from extractor.reading.sandboxed import read_sandboxed
    from extractor.spending.budget import Budget

    try:
        cases, types = load_gold(gold), known_types()
        strange = sorted({case.document_type for case in cases} - set(types))
        if strange:
            raise click.UsageError(f"{gold} names unknown document types: {', '.join(strange)}.")
        budget = Budget(ledger=open_ledger() if any(model != BUILTIN for model in models) else None)
        extractors = {name: create_extractor(name, budget=budget) for name in models or (BUILTIN,)}
        documents = [(case, read_sandboxed(case.path, case.path.name, told_pages(case.path, report))) for case in cases]
    except RightsdeskError as error:
        raise click.UsageError(str(error)) from error
    for name, extractor in extractors.items():
        scores = Evaluation()
        for number, (case, document) in enumerate(documents, 1):
            document_type = types[case.document_type]
            result = extractor.extract(document, document_type)
            scores.add(case, result, document_type)
            report(f"[{number}/{len(documents)}] {name}: {case.path.name}: {result.error or 'done'}")
        click.echo(json_line(_as_line(name, scores)))
        report(f"{name}: micro F1 {scores.all.f1:.3f} over {scores.documents} documents, {scores.failed} failed")


def _as_line(model: str, scores: Any) -> dict[str, Any]:
    return {
        "model": model,
        "documents": scores.documents,
        "failed": scores.failed,
        **_score(scores.all),
        "types": {key: _score(score) for key, score in sorted(scores.types.items())},
        "fields": {path: _score(score) for path, score in sorted(scores.fields.items())},
        "cost_usd": None if scores.cost_unknown else scores.cost_usd,
    }


def _score(score: Any) -> dict[str, Any]:
    return {"f1": round(score.f1, 4), "right": score.right, "extra": score.extra, "missed": score.missed}


def _known() -> dict[str, ModelInfo]:
    try:
        return available_models()
    except RightsdeskError as error:
        raise click.ClickException(str(error)) from error


def _info(name: str) -> ModelInfo:
    known = _known()
    info = known.get(name) or known.get(local_key(name))
    if info is None:
        raise click.UsageError(f"There is no model “{name}”. Known models: {', '.join(known)}.")
    return info


def _price(info: ModelInfo) -> str:
    if not info.is_paid:
        return "free"
    return "unknown" if info.price is None else f"{info.price.input * 1000:g}/{info.price.output * 1000:g}"
