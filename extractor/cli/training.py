"""The commands that teach the built-in extractor a document type and set the confidence of models right."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from extractor.cli.app import known_types, main, report
from extractor.cli.reading import told_pages
from extractor.core.document_types import DocumentType
from extractor.core.errors import N_, LearningError, RightsdeskError
from extractor.export.jsonlines import json_line

if TYPE_CHECKING:
    from extractor.extractors.builtin.learned.model import TypeModel


@main.command()
@click.argument("gold", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--type", "key", required=True, metavar="KEY", help="The document type to learn (see the command types).")
@click.option("--schema", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE.json",
              help="The type's JSON Schema, when it is none of the configured types.")  # fmt: skip
@click.option("--use", is_flag=True, help="Read the type with the new model from now on, if it is better.")
def train(gold: Path | None, key: str, schema: Path | None, use: bool) -> None:
    """Teach the built-in extractor a document type, from the approved documents of the desk or from a GOLD.jsonl.

    Prints one JSON object: the version that is kept, and on documents held back micro F1 by the rules alone and with
    what was learned, for each field.
    """
    from extractor.extractors.builtin.learned import library
    from extractor.learning.sandboxed import train_sandboxed

    try:
        document_type = _type(key, schema)
        with library.training(key):
            model = train_sandboxed(
                document_type,
                _examples(gold, document_type),
                lambda done, of: report(f"[{done}/{of}]"),
                lambda name, reason: report(f"{name} is left out: {reason}"),
            )
            if gold is None:
                _check_sources(model)
            version = library.keep(model)
            rules, learned = model.f1
            if use and learned > rules:
                library.take_over(key, version)
    except RightsdeskError as error:
        raise click.ClickException(str(error)) from error
    line: dict[str, Any] = {"type": key, "version": version, "documents": model.documents}
    fields = {
        path: {"rules": measured.rules, "learned": measured.learned, "used": measured.used}
        for path, measured in model.measured.items()
    }
    click.echo(json_line({**line, "f1_rules": round(rules, 4), "f1_learned": round(learned, 4), "fields": fields}))


@main.command()
@click.option("--type", "key", required=True, metavar="KEY", help="The document type.")
def untrain(key: str) -> None:
    """Read a type with the model that was used before again; at last with the rules alone."""
    from extractor.extractors.builtin.learned import library

    try:
        click.echo(library.go_back(key))
    except RightsdeskError as error:
        raise click.ClickException(str(error)) from error


@main.command()
@click.argument("gold", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--model", required=True, metavar="KEY", help="builtin or a local model (see the command models).")
@click.option("--forget", is_flag=True, help="Let the model say again what it says by itself.")
def calibrate(gold: Path | None, model: str, forget: bool) -> None:
    """Set the confidence of a model right by a GOLD.jsonl, whose documents lie beside it.

    Prints one JSON object: how far confidence is from the share of right values (0 to 1), as the model says it and
    by the curve, the latter measured on documents the curve was not drawn from. The curve is used only when better.
    """
    from extractor.extractors import confidence_curves
    from extractor.extractors.registry import create_extractor
    from extractor.quality import calibration
    from extractor.quality.evaluation import load_gold
    from extractor.reading.sandboxed import read_sandboxed

    try:
        extractor = create_extractor(model)
        if extractor.provider not in ("rightsdesk", "local"):
            raise click.UsageError("Only the built-in extractor and local models have a curve.")
        if forget:
            confidence_curves.keep(extractor.model, ())
            return
        if gold is None:
            raise click.UsageError("Name a GOLD.jsonl, or --forget.")
        types, documents = known_types(), []
        for case in load_gold(gold):
            if case.document_type in types:
                with confidence_curves.uncalibrated():
                    document = read_sandboxed(case.path, case.path.name, told_pages(case.path, report))
                    result = extractor.extract(document, types[case.document_type])
                report(f"{case.path.name}: {result.error or 'done'}")
                documents.append(calibration.pairs_of(result, case.metadata))
        pairs = [pair for document_pairs in documents for pair in document_pairs]
        before, after = calibration.error(pairs), calibration.held_back_error(documents)
        better = len(pairs) >= calibration.LEAST_PAIRS and after < before
        if better:
            confidence_curves.keep(extractor.model, calibration.fit(pairs))
    except RightsdeskError as error:
        raise click.ClickException(str(error)) from error
    line = {"model": extractor.model, "values": len(pairs), "error": round(before, 4)}
    click.echo(json_line({**line, "error_calibrated": round(after, 4), "used": better}))


def _check_sources(model: TypeModel) -> None:
    """Nothing is kept of documents that were deleted while they were learned from. Raises LearningError."""
    from extractor.store import Store

    store = Store.open()
    try:
        if not all(store.has(hash) for hash in model.sources):
            template = N_("Documents of the type “{type}” were deleted while it was learned. Train it again.")
            raise LearningError(template, type=model.document_type)
    finally:
        store.close()


def _type(key: str, schema: Path | None) -> DocumentType:
    from extractor.core.document_types import load_document_type

    if schema is not None:
        return DocumentType(key, load_document_type(schema).schema)
    types = known_types()
    if key not in types:
        raise click.UsageError(f"There is no document type “{key}”. Known types: {', '.join(types)}.")
    return types[key]


def _examples(gold: Path | None, document_type: DocumentType) -> list[Any]:
    if gold is None:
        from extractor.desk.approved_examples import examples
        from extractor.store import Store

        store = Store.open()
        try:
            return examples(store, document_type)
        finally:
            store.close()
    from extractor.quality.evaluation import load_gold
    from extractor.reading.sandboxed import read_sandboxed

    return [
        (read_sandboxed(case.path, case.path.name, told_pages(case.path, report)), case.metadata)
        for case in load_gold(gold)
        if case.document_type == document_type.key
    ]
