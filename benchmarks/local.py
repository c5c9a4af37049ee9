"""Local extraction: the field tree against every usual way to get JSON from the same model on the same documents.

    python benchmarks/local.py [--quick] [--model smollm2_135m] [--kleister FOLDER --schema FILE [--most N]]

"tree" reads of a long document what is worth reading, "whole" all of it. Every method runs in a process of its own
(peak memory is the process's), loads the same weights, and gets the same prompt on the same documents: made-up
agreements of about 250, 1,000, 2,000 and 4,000 tokens with 5, 10 and 20 fields whose values are known. xgrammar and
xllamacpp are used where they are installed, else their rows say so. With `--kleister` a folder with `gold.jsonl` and
PDFs is scored by exact matches as well.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import mean
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from extractor.core.document_types import DocumentType, as_document_type, load_document_type  # noqa: E402
from extractor.core.documents import Document  # noqa: E402
from extractor.core.errors import RightsdeskError  # noqa: E402
from extractor.extractors import prompt  # noqa: E402
from extractor.extractors.local import chunks  # noqa: E402
from extractor.extractors.local.json_stream import json_object  # noqa: E402
from extractor.extractors.local.loading import LoadedModel, load  # noqa: E402
from extractor.extractors.local.passage_selection import MOST_READ, PassageSelection  # noqa: E402
from extractor.extractors.local.planning import make_plan  # noqa: E402
from extractor.extractors.responses import parse, to_fields  # noqa: E402
from extractor.normalize import match_key  # noqa: E402
from extractor.reading.formats import read  # noqa: E402
from extractor.reading.text import document_from_text  # noqa: E402
from extractor.settings.local_models import LocalModel, load_models  # noqa: E402

METHODS = ("tree", "whole", "generate", "lookup", "xgrammar", "llama.cpp")
FIXED = 160
"""Tokens at which the ratio to plain `generate` is given a second time."""

VALUES: dict[str, tuple[Any, Any, str]] = {
    "work_title": ("string", "The Lantern Keeper", "Title of the work: The Lantern Keeper"),
    "author": ("string", "Mina Kang", "Author: Mina Kang"),
    "licensee": ("string", "Northlight Press", "Licensee: Northlight Press"),
    "signature_date": ("date", "2024-03-05", "Date of signature: March 5, 2024"),
    "fee": ("number", 1200, "Fee: USD 1,200"),
    "territory": ("string", "Korea", "Territory: Korea"),
    "court": ("string", "Busan District Court", "Court: Busan District Court"),
    "phone": ("string", "010-0000-2231", "Phone: 010-0000-2231"),
    "email": ("email", "mina@kang.example", "E-mail: mina@kang.example"),
    "expiry_date": ("date", "2029-03-04", "Date of expiry: March 4, 2029"),
    "publisher_city": ("string", "Lowfield", "City of the publisher: Lowfield"),
    "editor": ("string", "Owen Tarr", "Editor: Owen Tarr"),
    "translator": ("string", "Sohn Areum", "Translator: Sohn Areum"),
    "language": ("string", "English", "Language: English"),
    "format": ("string", "hardcover", "Format: hardcover"),
    "copies": ("integer", 3500, "Number of copies: 3,500"),
    "isbn": ("string", "979-11-0000-001-2", "ISBN: 979-11-0000-001-2"),
    "witness": ("string", "Jun Ryder", "Witness: Jun Ryder"),
    "bank": ("string", "Harbour Bank", "Bank: Harbour Bank"),
    "agent": ("string", "Tallis Agency", "Agent: Tallis Agency"),
}
CLAUSES = (
    "The parties keep the goods named in section {n} in good order and tell each other of any damage without delay.",
    "Nothing in section {n} limits a right that the law gives and that cannot be waived by a written agreement.",
    "Notices under section {n} are made in writing and take effect when the other side has had time to read them.",
)


def made_up(tokens: int, count: int) -> tuple[Document, DocumentType, dict[str, Any]]:
    """An agreement of about `tokens` tokens that holds `count` values, spread over it."""
    names = list(VALUES)[:count]
    fillers = max((tokens - 14 * count) // 24, 0)
    lines = ["LICENSE AGREEMENT"]
    for index, name in enumerate(names):
        lines.append(VALUES[name][2])
        numbers = range(index * fillers // count, (index + 1) * fillers // count)
        lines.extend(CLAUSES[n % len(CLAUSES)].format(n=n + 1) for n in numbers)
    schema = {name: VALUES[name][0] for name in names}
    return document_from_text("\n".join(lines) + "\n"), as_document_type(schema, "Agreement"), {
        name: VALUES[name][1] for name in names
    }  # fmt: skip


Case = tuple[str, Document, DocumentType, dict[str, Any]]


def cases(options: argparse.Namespace) -> Iterator[Case]:
    sizes, counts = ((250, 1000), (5, 10)) if options.quick else ((250, 1000, 2000, 4000), (5, 10, 20))
    for size in sizes:
        for count in counts:
            yield (f"{size} tokens, {count} fields", *made_up(size, count))
    if options.kleister:
        document_type = load_document_type(options.schema)
        gold = (Path(options.kleister) / "gold.jsonl").read_text(encoding="utf-8").splitlines()
        for line in gold[: 3 if options.quick else options.most]:
            entry = json.loads(line)
            document = read(Path(options.kleister) / entry["file"])
            yield "Kleister-NDA", document, document_type, entry["metadata"]


def opening(document_type: DocumentType) -> str:
    return f'{{"{document_type.fields[0].name}":'


class Written:
    """A method that writes the JSON as text with transformers' `generate`."""

    def __init__(self, model: LoadedModel, method: str, most: int) -> None:
        self._model, self._method, self._most = model, method, most

    def __call__(self, document: Document, document_type: DocumentType) -> dict[str, Any]:
        import torch
        from transformers import LogitsProcessorList, StoppingCriteriaList

        model: Any = self._model
        messages = prompt.document_first(document.text, document_type)
        start = "" if self._method == "xgrammar" else opening(document_type)
        encoded = model._encoded(messages, start)
        length = encoded["input_ids"].shape[1]

        def stop(ids: Any, scores: Any, **kwargs: Any) -> Any:
            text = start + model._tokenizer.decode(ids[0, length:])
            return torch.full((1,), "}" in text and json_object(text) is not None)

        more: dict[str, Any] = {"prompt_lookup_num_tokens": 10} if self._method == "lookup" else {}
        if self._method == "xgrammar":
            more["logits_processor"] = LogitsProcessorList([self._grammar(document_type)])
        with torch.inference_mode():
            output = model._network.generate(
                **encoded, max_new_tokens=self._most, do_sample=False, temperature=None, top_p=None, top_k=None,
                pad_token_id=model._pad(), stopping_criteria=StoppingCriteriaList([stop]), **more,
            )  # fmt: skip
        text = start + model._tokenizer.decode(output[0, length:], skip_special_tokens=True)
        return {"text": json_object(text) or text, "tokens": output.shape[1] - length}

    def _grammar(self, document_type: DocumentType) -> Any:
        import xgrammar
        from xgrammar.contrib.hf import LogitsProcessor

        model: Any = self._model
        size = model._network.get_output_embeddings().weight.shape[0]
        info = xgrammar.TokenizerInfo.from_huggingface(model._tokenizer, vocab_size=size)
        compiler = xgrammar.GrammarCompiler(info)
        return LogitsProcessor(compiler.compile_json_schema(json.dumps(prompt.json_schema(document_type))))


class Tree:
    """The field tree as the product reads with it: of a long document up to `most` tokens.

    Nothing is kept from one call to the next; `again` asks the same document for other fields.
    """

    def __init__(self, model: LoadedModel, most: int) -> None:
        self._model, self._most = model, most

    def __call__(self, document: Document, document_type: DocumentType) -> dict[str, Any]:
        self._model._trunks.clear()
        self._model.windows = PassageSelection()
        return self.again(document, document_type)

    def again(self, document: Document, document_type: DocumentType) -> dict[str, Any]:
        starts = self._model.token_starts(document.text)
        excerpt, _ = chunks.excerpt(document, self._model.windows.choose(document, document_type, starts, self._most))
        read = self._model.read_tree(excerpt, document_type, "tree")
        assert read is not None
        metadata: dict[str, Any] = {}
        for path, value in read.fields.items():
            metadata[path] = value.value
        supported = all(value.supported for value in read.fields.values())
        return {"metadata": metadata, "tokens": read.output_tokens, "forwards": read.forwards, "supported": supported}


class Llama:
    """llama.cpp (xllamacpp) on the same GGUF with a JSON schema."""

    def __init__(self, model: LocalModel, path: Path, most: int) -> None:
        import os

        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = str(path)
        params.n_ctx, params.n_parallel = model.context, 1
        params.cpuparams.n_threads = int(os.environ.get("OMP_NUM_THREADS", os.cpu_count() or 1))
        self._server, self._most = xllamacpp.Server(params), most

    def __call__(self, document: Document, document_type: DocumentType) -> dict[str, Any]:
        schema = {"name": "answer", "schema": prompt.json_schema(document_type), "strict": True}
        answer = self._server.handle_chat_completions(
            {
                "messages": prompt.document_first(document.text, document_type),
                "max_tokens": self._most,
                "temperature": 0,
                "cache_prompt": False,
                "response_format": {"type": "json_schema", "json_schema": schema},
            }
        )
        text = answer["choices"][0]["message"]["content"]
        return {"text": text, "tokens": answer["usage"]["completion_tokens"]}


def score(document: Document, document_type: DocumentType, answer: dict[str, Any], gold: dict[str, Any]) -> None:
    """Add to `answer`: valid, values, values that are not in the document, exact matches, fields."""
    metadata = answer.get("metadata")
    if metadata is None:
        try:
            metadata = parse(answer["text"], document_type)
        except RightsdeskError:
            metadata = {}
    answer["valid"] = bool(metadata)
    fields = to_fields(document, document_type, metadata, "x") if metadata else {}
    there = [value for value in fields.values() if value.value is not None]
    answer["values"] = len(there)
    answer["foreign"] = sum(not value.supported for value in there)
    answer["exact"] = sum(_plain(metadata.get(name)) == _plain(value) for name, value in gold.items() if metadata)
    answer["fields"] = len(gold)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return sorted(match_key(str(item)) for item in value) or None
    if isinstance(value, (int, float)):
        return float(value)
    return None if value is None else match_key(str(value))


def one_method(options: argparse.Namespace) -> None:
    """Run one method over all cases in this process; a line of JSON a case."""
    config = load_models()
    model = replace(config.models[options.model], device="cpu")
    plan = make_plan(model, config.cache_folder)
    call: Callable[[Document, DocumentType], dict[str, Any]]
    loaded = None
    started = time.perf_counter()
    if options.one == "llama.cpp":
        call = Llama(model, plan.files.folder / str(plan.files.gguf_file), options.tokens)
    else:
        loaded = load(model, plan)
        most = {"tree": MOST_READ, "whole": 10**6}.get(options.one)
        call = Tree(loaded, most) if most else Written(loaded, options.one, options.tokens)
    print(json.dumps({"load": time.perf_counter() - started}), flush=True)
    call(*made_up(250, 5)[:2])  # The first call pays for what every process pays once.
    for name, document, document_type, gold in cases(options):
        found: dict[str, Any] = {"case": name}
        try:
            started = time.perf_counter()
            found |= call(document, document_type)
            found["seconds"] = time.perf_counter() - started
            score(document, document_type, found, gold)
            if isinstance(call, Tree) and loaded is not None:
                found |= tree_details(call, loaded, document, document_type)
        except Exception as error:  # one case that fails must not cost the others
            found["error"] = f"{type(error).__name__}: {error}"[:200]
        found["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(found), flush=True)


def tree_details(tree: Tree, loaded: Any, document: Document, document_type: DocumentType) -> dict[str, float]:
    """The time for other fields of the same document, and of a bare forward over the prompt."""
    import torch

    other = {f"{field.name}_again": dict(field.schema) for field in document_type.fields}
    started = time.perf_counter()
    tree.again(document, as_document_type({"properties": other, "title": document_type.title()}))
    again = time.perf_counter() - started
    encoded = loaded._encoded(prompt.document_first(document.text, document_type))
    started = time.perf_counter()
    with torch.inference_mode():
        loaded._network(**encoded, logits_to_keep=1)
    return {"again": again, "bare": time.perf_counter() - started}


def table(results: dict[str, dict[str, list[dict[str, Any]]]]) -> None:
    names = list(dict.fromkeys(name for by_case in results.values() for name in by_case))
    for name in names:
        print(f"\n{name}\n  {'method':<11}{'s':>8}{'tokens':>8}{'peak MB':>9}{'valid':>7}{'foreign':>9}{'exact':>9}")
        for method, by_case in results.items():
            rows = [row for row in by_case.get(name, ()) if "error" not in row]
            failed = [row["error"] for row in by_case.get(name, ()) if "error" in row]
            if failed:
                print(f"  {method:<11}{len(failed)} failed: {failed[0]}")
            if rows:
                total = {
                    key: sum(row[key] for row in rows) for key in ("valid", "values", "foreign", "exact", "fields")
                }
                seconds, tokens = mean(row["seconds"] for row in rows), mean(row["tokens"] for row in rows)
                print(
                    f"  {method:<11}{seconds:8.2f}{tokens:8.0f}"
                    f"{max(row['peak_mb'] for row in rows):9.0f}{total['valid']:4d}/{len(rows):<3d}"
                    f"{total['foreign']:4d}/{total['values']:<4d}{total['exact']:4d}/{total['fields']:<4d}"
                )
        ratios(name, results)


def ratios(name: str, results: dict[str, dict[str, list[dict[str, Any]]]]) -> None:
    tree, plain = (
        [row for row in results.get(key, {}).get(name, ()) if "error" not in row] for key in ("tree", "generate")
    )
    if not tree or not plain:
        return
    ours, theirs, tokens = (mean(row[key] for row in rows) for rows, key in
                            ((tree, "seconds"), (plain, "seconds"), (plain, "tokens")))  # fmt: skip
    bare, again = (mean(row[key] for row in tree) for key in ("bare", "again"))
    fixed = bare + (theirs - bare) / max(tokens, 1) * FIXED
    print(
        f"  tree: {theirs / ours:.1f} x faster than generate ({tokens:.0f} tokens), {fixed / ours:.1f} x at {FIXED} "
        f"tokens; other fields of the same document {again:.2f} s, {theirs / again:.1f} x; "
        f"a bare forward over the prompt takes {bare:.2f} s, the tree {ours / bare:.2f} times that; "
        f"{mean(row['forwards'] for row in tree):.0f} forwards"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="two sizes, two numbers of fields")
    parser.add_argument("--model", default="smollm2_135m", help="a key of config/model_config.yaml")
    parser.add_argument("--methods", default=",".join(METHODS), help="some of " + ", ".join(METHODS))
    parser.add_argument("--tokens", type=int, default=512, help="the longest answer of the methods that write text")
    parser.add_argument("--kleister", help="a folder with gold.jsonl and PDFs")
    parser.add_argument("--schema", help="the document type of --kleister (a JSON file)")
    parser.add_argument("--most", type=int, default=30, help="documents of --kleister")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        one_method(options)
        return 0
    needs = {"xgrammar": "xgrammar", "llama.cpp": "xllamacpp"}
    results: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for method in options.methods.split(","):
        if method in needs and importlib.util.find_spec(needs[method]) is None:
            print(f"{method}: not measured, pip install {needs[method]} for it")
            continue
        by_case: dict[str, list[dict[str, Any]]] = defaultdict(list)
        results[method] = by_case
        command = [sys.executable, __file__, *sys.argv[1:], "--one", method]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            out, err = process.communicate()
        for line in out.splitlines():
            if line.startswith("{"):
                row = json.loads(line)
                if "load" in row:
                    print(f"{method}: loaded in {row['load']:.1f} s", flush=True)
                else:
                    by_case[row["case"]].append(row)
        if process.returncode:
            print(f"{method}: ended with status {process.returncode}: {err.strip().splitlines()[-1:]}")
    table(results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
