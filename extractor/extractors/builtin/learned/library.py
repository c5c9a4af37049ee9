"""Which learned model reads a type: files in a folder, all versions kept, and the order in which they took over.

`RIGHTSDESK_LEARNED`, or `learned` in the data folder, holds a folder a document type: `<version>.json` for each
model, `in_use.json` the versions that took over, the last one in use (`rules` for none).
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from extractor.core.errors import N_, LearningError

if TYPE_CHECKING:
    from extractor.extractors.builtin.learned.model import TypeModel
from extractor.core.data_folder import _unwritable, write

RULES = "rules"
_IN_USE = "in_use.json"
_LOCK = "in_use.lock"
_loaded: dict[Path, tuple[int, TypeModel]] = {}
_lock = threading.Lock()
_lock_of_this_process = threading.RLock()
_PATIENCE = 30.0
CONFIDENCE = "confidence"
"""The folder of the curves of confidence, which hold no values."""


def folder() -> Path:
    """Where models are kept."""
    return folder_in(Path(os.environ.get("RIGHTSDESK_DATA") or "data"))


def folder_in(data: Path) -> Path:
    """Where the models of a data folder are kept."""
    return Path(os.environ.get("RIGHTSDESK_LEARNED") or data / "learned")


def active(document_type: str) -> TypeModel | None:
    """The model that reads a type (by its key), None when the rules do.

    Raises LearningError when its file is damaged.
    """
    version = active_version(document_type)
    return None if version == RULES else load(document_type, version)


def active_version(document_type: str) -> str:
    """The version in use, `RULES` when none is."""
    used = _used(document_type)
    return used[-1] if used else RULES


def load(document_type: str, version: str) -> TypeModel:
    """One kept model. Raises LearningError when there is none, or its file is damaged."""
    from extractor.extractors.builtin.learned.model import TypeModel

    path = folder() / document_type / f"{version}.json"
    try:
        changed = path.stat().st_mtime_ns
        with _lock:
            known = _loaded.get(path)
        if known and known[0] == changed:
            return known[1]
        model = TypeModel.from_json(path.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        template = N_("The trained model {version} of the type “{type}” cannot be read ({reason}). Train it again.")
        raise LearningError(template, version=version, type=document_type, reason=str(error)) from error
    with _lock:
        _loaded[path] = changed, model
    return model


def keep(model: TypeModel) -> str:
    """Keep a model without using it; its version. Raises LearningError when the folder cannot be written."""
    write(folder() / model.document_type / f"{model.version}.json", model.to_json())
    return model.version


@contextmanager
def training(document_type: str) -> Iterator[None]:
    """Inside the block no other process trains the type. Raises LearningError when one does."""
    type_folder = folder() / document_type
    try:
        type_folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(type_folder / "training.lock")
        lock.acquire(timeout=0)
    except Timeout:
        template = N_("The type “{type}” is being trained already. Wait until that is done.")
        raise LearningError(template, type=document_type) from None
    except OSError as error:
        raise _unwritable(type_folder, error) from error
    try:
        yield
    finally:
        lock.release()


def versions(document_type: str) -> list[tuple[str, datetime]]:
    """The kept versions with the time they were made (aware, UTC), the newest first."""
    paths = _models(folder() / document_type)
    made = [(path.stem, datetime.fromtimestamp(path.stat().st_mtime, UTC)) for path in paths]
    return sorted(made, key=lambda version: version[1], reverse=True)


def take_over(document_type: str, version: str) -> None:
    """Let a kept version read the type from now on. Raises LearningError when it is not usable."""
    load(document_type, version)
    with _changing(folder() / document_type) as used:
        used.append(version)


def go_back(document_type: str) -> str:
    """Let the version before read the type again, at last the rules; which one that is."""
    with _changing(folder() / document_type) as used:
        del used[-1:]
    return used[-1] if used else RULES


def forget(content_hash: str, root: Path | None = None) -> list[str]:
    """Remove every model that learned from a file: its values stand in it. The versions before read on.

    A model of an older Rightsdesk does not say what it learned from, so it goes, too. Returns the types whose model in
    use went. Raises LearningError when the folder cannot be written.
    """
    lost = []
    for types in sorted(path for path in (root or folder()).glob("*") if path.is_dir()):
        gone = {path.stem for path in _models(types) if _learned_from(path, content_hash)}
        if not gone:
            continue
        with _changing(types) as used:
            if used and used[-1] in gone:
                lost.append(types.name)
            used[:] = [version for version in used if version not in gone]
        for version in gone:
            (types / f"{version}.json").unlink(missing_ok=True)
            with _lock:
                _loaded.pop(types / f"{version}.json", None)
    return lost


def _models(types: Path) -> list[Path]:
    """The models in the folder of a type. That of the curves of confidence has none."""
    return [path for path in types.glob("*.json") if path.name != _IN_USE and types.name != CONFIDENCE]


def _learned_from(path: Path, content_hash: str) -> bool:
    try:
        sources = json.loads(path.read_text(encoding="ascii")).get("sources")
    except (OSError, ValueError, AttributeError):
        return True  # Nobody can read it, and it may hold anything.
    return not sources or content_hash in sources


@contextmanager
def _changing(types: Path) -> Iterator[list[str]]:
    """The versions of a type that took over, to be changed; kept when the block is left. One thread and process at a
    time. Raises LearningError."""
    try:
        types.mkdir(parents=True, exist_ok=True)
        lock = FileLock(types / _LOCK, timeout=_PATIENCE)
        with _lock_of_this_process, lock:
            used = _used(types.name, types)
            yield used
            write(types / _IN_USE, json.dumps(used))
    except (OSError, Timeout) as error:
        raise _unwritable(types, error) from error


def _used(document_type: str, types: Path | None = None) -> list[str]:
    """The versions that took over. A record that is missing or damaged leaves the type to the rules."""
    try:
        record = json.loads(((types or folder() / document_type) / _IN_USE).read_text(encoding="ascii"))
        return [str(version) for version in record]
    except (OSError, ValueError, TypeError):
        return []
