"""The models downloaded to this machine: list, download, verify, delete. With the hub library's own functions.

Only `download` uses the network, and only when someone asks for it.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from extractor.core.errors import N_, ExtractionError
from extractor.extractors.local.model_files import find, patterns
from extractor.settings.local_models import LocalModel

Progress = Callable[[int, int], None]
"""Called with (bytes there, bytes in all); what it raises ends the download. Files that are whole by then stay."""

TOKENS = ("HF_TOKEN", "HUGGINGFACE_API_KEY")
"""The variables that may hold a key of the hub, for models whose licence has to be accepted first."""


class DownloadError(ExtractionError):
    """A model could not be downloaded."""


@dataclass(frozen=True)
class CachedModel:
    """A model on disk. Sizes in bytes, times in seconds since 1970.

    `partial_bytes` were left by a process that was killed in a download. `used` is the file system's access
    time: exact to a day on many systems, the time of download on some. `complete` False: a download was ended
    before all files were here.
    """

    model_id: str
    size_bytes: int
    files: int
    used: float
    changed: float
    partial_bytes: int = 0
    complete: bool = True


@dataclass(frozen=True)
class Verification:
    """`checked` files were compared with their checksums; `missing`, `damaged` and `unknown` name files.

    `unknown` files have no checksum here (file systems without links).
    """

    checked: int
    missing: tuple[str, ...]
    damaged: tuple[str, ...]
    unknown: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        return not (self.missing or self.damaged)


def problem() -> DownloadError | None:
    """Why nothing can be downloaded or listed here; None when it can."""
    packages = ("torch", "transformers", "huggingface_hub", "accelerate", "sentencepiece", "gguf")
    missing = [package for package in packages if importlib.util.find_spec(package) is None]
    if "huggingface_hub" not in missing:
        return None
    template = N_(
        "Models on this machine need Python packages that are missing. Install them with: pip install {packages}"
    )
    return DownloadError(template, packages=" ".join(missing))


def cached_models(cache_folder: Path | str) -> tuple[CachedModel, ...]:
    """The models in the cache folder, largest first; empty when there is no such folder."""
    from huggingface_hub import scan_cache_dir

    folder = Path(cache_folder).expanduser()
    if not folder.is_dir():
        return ()
    scan = scan_cache_dir(folder)
    partial: dict[Path, int] = {}
    for file in scan.incomplete_files:
        repo_path = file.file_path.parent.parent
        partial[repo_path] = partial.get(repo_path, 0) + file.size_on_disk
    models = [
        CachedModel(
            repo.repo_id,
            repo.size_on_disk,
            repo.nb_files,
            repo.last_accessed,
            repo.last_modified,
            partial.pop(repo.repo_path, 0),
            repo.nb_files > 0 and not _missing(repo),
        )
        for repo in scan.repos
        if repo.repo_type == "model"
    ]
    # Broken off before the first file was whole: the scan knows no repository there.
    for path, size in partial.items():
        changed = path.stat().st_mtime
        model_id = path.name.removeprefix("models--").replace("--", "/")
        models.append(CachedModel(model_id, 0, 0, changed, changed, size, False))
    return tuple(sorted(models, key=lambda model: -(model.size_bytes + model.partial_bytes)))


def download(
    model: LocalModel,
    cache_folder: Path | str,
    progress: Progress | None = None,
    token: str | None = None,
    endpoint: str | None = None,
) -> Path:
    """Download what is missing of `model` (one with a `model_id`); returns the folder of its files.

    A download that was ended goes on with the files that were not whole yet. `token` is a key of the hub, by
    default from HF_TOKEN or HUGGINGFACE_API_KEY. Raises DownloadError: no network, no such model, licence not
    accepted, disk full.
    """
    from huggingface_hub import snapshot_download

    if model.model_id is None or model.path is not None:
        raise DownloadError(N_("{model}: is not downloaded; it is read from “path”."), model=model.title)
    folder = Path(cache_folder).expanduser()
    kwargs: dict[str, Any] = {
        "repo_id": model.model_id,
        "cache_dir": folder,
        "allow_patterns": patterns(model),
        "token": token or next((os.environ[name] for name in TOKENS if os.environ.get(name)), None),
        "endpoint": endpoint,
    }
    try:
        files = snapshot_download(dry_run=True, tqdm_class=_bar(None, 0, 0), **kwargs)
        total = sum(file.file_size for file in files)
        _check_disk(model, folder, sum(file.file_size for file in files if file.will_download))
        there = total - sum(file.file_size for file in files if file.will_download)
        snapshot_download(tqdm_class=_bar(progress, there, total), **kwargs)
    except Exception as error:
        if (known := _known(model, error)) is None:
            raise
        raise known from error
    return find(model, folder).folder


def _check_disk(model: LocalModel, folder: Path, needed: int) -> None:
    existing = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(existing).free
    if needed > free:
        template = N_("{model}: the disk is too full. The download takes {needed:.1f} GB, {free:.1f} GB are free.")
        raise DownloadError(template, model=model.title, needed=needed / 1e9, free=free / 1e9)


def _known(model: LocalModel, error: Exception) -> DownloadError | None:
    """The error of the library for a person; None for one that is none of its own (a progress callback's)."""
    from huggingface_hub import errors

    name: dict[str, Any] = {"model": model.title, "id": model.model_id}
    # The library hides the reason behind errors of its own.
    causes = [cause for cause in (error, error.__cause__, error.__context__) if cause is not None]

    def cause(kind: type[Exception]) -> Any:
        return next((cause for cause in causes if isinstance(cause, kind)), None)

    if isinstance(error, DownloadError):
        return error
    if cause(errors.GatedRepoError):
        template = N_("{model}: accept its licence on the hub’s page of {id} first, then set HF_TOKEN to your key.")
    elif cause(errors.RepositoryNotFoundError):
        template = N_("{model}: the hub has no model {id}, or your key may not see it. Correct “model_id”.")
    elif cause(errors.OfflineModeIsEnabled):
        template = N_("{model}: downloads are switched off by the variable HF_HUB_OFFLINE.")
    elif answered := cause(errors.HfHubHTTPError):
        template = N_("{model}: the hub answered with error {status}. Try again later.")
        name["status"] = answered.response.status_code
    elif type(error).__module__.startswith(("huggingface_hub", "httpx", "httpcore")):
        template = N_("{model}: the hub cannot be reached. Check the network and try again.")
    elif isinstance(error, OSError):
        template = N_("{model}: cannot be written to the cache folder ({reason}).")
        name["reason"] = error.strerror or type(error).__name__
    else:
        return None
    return DownloadError(template, **name)


def _bar(progress: Progress | None, there: int, total: int) -> type[Any]:
    """A progress bar class for the hub library that shows nothing and tells `progress`.

    The library opens several bars; the one that counts bytes written is named “Reconstructing”.
    """
    from huggingface_hub.utils import tqdm  # type: ignore[attr-defined]

    lock = Lock()
    done = there

    class Bar(tqdm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            self._counts = str(kwargs.get("desc", "")).startswith("Reconstructing")
            super().__init__(*args, **{**kwargs, "disable": True})  # type: ignore[no-untyped-call]

        def update(self, n: float | None = 1) -> None:
            nonlocal done
            if self._counts and progress:
                with lock:
                    done = min(done + int(n or 0), total)
                    progress(done, total)

    return Bar


def verify(model_id: str, cache_folder: Path | str) -> Verification:
    """Compare every file of a downloaded model with its checksum, without network.

    The cache names each file by its checksum; the list of files is the hub's of the time of the download.
    Reads the whole model: about a second a gigabyte. Raises DownloadError when it is not in the cache.
    """
    repo = _repo(model_id, Path(cache_folder).expanduser())
    if repo is None:
        raise DownloadError(N_("{model}: is not in the cache."), model=model_id)
    checked, damaged, unknown = 0, [], []
    for file in {file.blob_path: file for revision in repo.revisions for file in revision.files}.values():
        name = next(str(file.file_path.relative_to(r.snapshot_path)) for r in repo.revisions if file in r.files)
        digest = _digest(file.blob_path)
        if digest is None:
            unknown.append(name)
            continue
        checked += 1
        if digest != file.blob_path.name:
            damaged.append(name)
    return Verification(checked, tuple(_missing(repo)), tuple(sorted(damaged)), tuple(sorted(unknown)))


def _digest(blob: Path) -> str | None:
    """The checksum of a blob by the method its name tells: SHA-256 of large files, git's SHA-1 of small ones."""
    from huggingface_hub.utils.sha import git_hash, sha_fileobj

    if blob.is_symlink() or blob.parent.name == "blobs":
        if len(blob.name) == 64:
            with blob.open("rb") as stream:
                return sha_fileobj(stream).hex()
        if len(blob.name) == 40:
            return git_hash(blob.read_bytes())
    return None


def _missing(repo: Any) -> list[str]:
    """Weights and settings that the repository had at the download and that are not here."""
    from huggingface_hub import get_cached_repo_tree
    from huggingface_hub.errors import CachedRepoTreeNotFoundError

    missing: set[str] = set()
    for revision in repo.revisions:
        there = {file.file_path.relative_to(revision.snapshot_path).as_posix() for file in revision.files}
        try:
            tree = get_cached_repo_tree(repo.repo_id, revision=revision.commit_hash, cache_dir=repo.repo_path.parent)
        except CachedRepoTreeNotFoundError:
            continue
        wanted = {file.path for file in tree if _belongs(file.path, there)}
        missing |= wanted - there
    return sorted(missing)


def _belongs(path: str, there: set[str]) -> bool:
    """Whether a file of the repository should have been downloaded, seen from what was (`patterns`)."""
    from fnmatch import fnmatch

    if any(name.endswith(".gguf") for name in there):
        return False
    everything = patterns(LocalModel(name="", title="", model_id=""))
    return any(fnmatch(path, pattern) for pattern in everything)


def delete(model_id: str, cache_folder: Path | str) -> int:
    """Delete a model from the cache, unfinished downloads included; returns the bytes freed.

    Release it first when it is loaded (`LocalExtractor.release`). Raises DownloadError when it is not there.
    """
    from huggingface_hub import scan_cache_dir
    from huggingface_hub.file_download import repo_folder_name

    folder = Path(cache_folder).expanduser()
    known = next((model for model in cached_models(folder) if model.model_id == model_id), None)
    if known is None:
        raise DownloadError(N_("{model}: is not in the cache."), model=model_id)
    freed = known.partial_bytes
    if repo := _repo(model_id, folder):
        strategy = scan_cache_dir(folder).delete_revisions(*(revision.commit_hash for revision in repo.revisions))
        freed += strategy.expected_freed_size
        strategy.execute()
    # What is left of a download that broke off belongs to no revision.
    shutil.rmtree(folder / repo_folder_name(repo_id=model_id, repo_type="model"), ignore_errors=True)
    return freed


def _repo(model_id: str, folder: Path) -> Any | None:
    from huggingface_hub import scan_cache_dir

    if not folder.is_dir():
        return None
    repos = scan_cache_dir(folder).repos
    return next((repo for repo in repos if repo.repo_type == "model" and repo.repo_id == model_id), None)
