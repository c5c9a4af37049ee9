"""Downloads over a real socket, and what is done with them: list, verify, delete."""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from extractor.extractors.local import LocalExtractor, NotDownloadedError, downloads
from extractor.extractors.local.model_files import find
from extractor.settings.local_models import LocalModel

from .hub import COMMIT, Hub, etag

MODEL = LocalModel(name="invented", title="Invented 1B", model_id="invented/model")
WEIGHTS = random.Random(7).randbytes(3_000_000)
FILES = {
    "config.json": b'{"model_type": "llama", "dtype": "bfloat16"}',
    "tokenizer.json": b"{}",
    "model.safetensors": WEIGHTS,
    "pytorch_model.bin": b"pickled code" * 20_000,
    "README.md": b"# Invented",
}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    with Hub(FILES) as server:
        yield server


def downloaded(hub: Hub, folder: Path) -> Path:
    return downloads.download(MODEL, folder, endpoint=hub.url)


def test_download_brings_what_is_needed_and_tells_how_far_it_is(hub: Hub, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    folder = downloads.download(MODEL, tmp_path, lambda done, total: told.append((done, total)), endpoint=hub.url)
    assert {path.name for path in folder.iterdir()} == {"config.json", "tokenizer.json", "model.safetensors"}
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    total = sum(len(FILES[name]) for name in ("config.json", "tokenizer.json", "model.safetensors"))
    assert told[-1] == (total, total)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert find(MODEL, tmp_path).folder == folder


def test_a_model_that_is_there_is_not_downloaded_again(hub: Hub, tmp_path: Path) -> None:
    downloaded(hub, tmp_path)
    hub.requests.clear()
    downloaded(hub, tmp_path)
    assert not [path for method, path, _ in hub.requests if method == "GET" and "/resolve/" in path]


def test_a_download_that_was_stopped_keeps_whole_files_and_can_be_taken_up(hub: Hub, tmp_path: Path) -> None:
    class StopError(Exception):
        pass

    def stop(done: int, total: int) -> None:
        if done > 1_000_000:
            raise StopError

    hub.files["model.safetensors"] = WEIGHTS * 10
    with pytest.raises(StopError):
        downloads.download(MODEL, tmp_path, stop, endpoint=hub.url)
    with pytest.raises(NotDownloadedError, match="not complete"):
        find(MODEL, tmp_path)
    assert not downloads.cached_models(tmp_path)[0].complete
    downloaded(hub, tmp_path)
    assert downloads.cached_models(tmp_path)[0].complete
    assert find(MODEL, tmp_path)
    assert downloads.verify("invented/model", tmp_path).sound


def test_what_a_killed_download_left_is_listed_and_deleted(tmp_path: Path) -> None:
    blobs = tmp_path / "models--invented--model" / "blobs"
    blobs.mkdir(parents=True)
    (blobs / "abc.12345678.incomplete").write_bytes(bytes(5_000))
    (model,) = downloads.cached_models(tmp_path)
    assert (model.model_id, model.size_bytes, model.partial_bytes) == ("invented/model", 0, 5_000)
    assert downloads.delete("invented/model", tmp_path) == 5_000
    assert downloads.cached_models(tmp_path) == ()


def test_a_cut_connection_does_not_spoil_the_file(hub: Hub, tmp_path: Path) -> None:
    hub.break_after = 1_000_000
    downloaded(hub, tmp_path)
    assert hub.break_after == 0
    asked = [wanted for method, path, wanted in hub.requests if method == "GET" and path.endswith(".safetensors")]
    assert len(asked) == 2
    assert downloads.verify("invented/model", tmp_path).sound


def test_list_says_size_and_use(hub: Hub, tmp_path: Path) -> None:
    assert downloads.cached_models(tmp_path / "missing") == ()
    before = time.time() - 5
    downloaded(hub, tmp_path)
    (model,) = downloads.cached_models(tmp_path)
    assert model.model_id == "invented/model"
    assert model.size_bytes == sum(len(FILES[n]) for n in ("config.json", "tokenizer.json", "model.safetensors"))
    assert model.files == 3
    assert before < model.used < time.time() + 5


def test_verify_finds_what_is_damaged_and_what_is_missing(hub: Hub, tmp_path: Path) -> None:
    folder = downloaded(hub, tmp_path)
    sound = downloads.verify("invented/model", tmp_path)
    assert sound.sound
    assert sound.checked == 3
    blob = (folder / "model.safetensors").resolve()
    assert blob.name == etag(WEIGHTS)
    spoiled = bytearray(WEIGHTS)
    spoiled[2_000_000] ^= 1
    blob.write_bytes(spoiled)
    (folder / "tokenizer.json").unlink()
    found = downloads.verify("invented/model", tmp_path)
    assert not found.sound
    assert found.damaged == ("model.safetensors",)
    assert found.missing == ("tokenizer.json",)


def test_delete_frees_what_it_says(hub: Hub, tmp_path: Path) -> None:
    downloaded(hub, tmp_path)
    size = downloads.cached_models(tmp_path)[0].size_bytes
    assert downloads.delete("invented/model", tmp_path) == size
    assert downloads.cached_models(tmp_path) == ()
    assert not (tmp_path / "models--invented--model").exists()
    with pytest.raises(downloads.DownloadError, match="not in the cache"):
        downloads.delete("invented/model", tmp_path)


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (403, "GatedRepo", "accept its licence"),
        (404, "RepoNotFound", "has no model invented/model"),
        (500, "", "error 500"),
    ],
)
def test_what_the_hub_refuses_is_said(hub: Hub, tmp_path: Path, status: int, code: str, message: str) -> None:
    hub.status, hub.error_code = status, code
    with pytest.raises(downloads.DownloadError, match=message):
        downloads.download(MODEL, tmp_path, token="hf_invented_key", endpoint=hub.url)


def test_the_key_is_in_no_message(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_invented_key")
    hub.status, hub.error_code = 404, "RepoNotFound"
    with pytest.raises(downloads.DownloadError) as caught:
        downloaded(hub, tmp_path)
    error: BaseException | None = caught.value
    while error:
        assert "hf_invented_key" not in f"{error} {error!r}"
        error = error.__cause__ or error.__context__


def test_downloads_that_are_switched_off_are_said(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(downloads.DownloadError, match="switched off by the variable HF_HUB_OFFLINE"):
        downloaded(hub, tmp_path)
    assert not hub.requests


def test_a_hub_that_cannot_be_reached_is_said(tmp_path: Path) -> None:
    with pytest.raises(downloads.DownloadError, match="cannot be reached"):
        downloads.download(MODEL, tmp_path, endpoint="http://127.0.0.1:9")


def test_extracting_with_a_model_that_is_not_there_ends_in_its_error(tmp_path: Path) -> None:
    found = LocalExtractor(MODEL, tmp_path).extract_metadata("Title: A", {"title": "string"})
    assert "not downloaded" in str(found.error)
    assert found.fields == {}


def test_a_full_disk_is_said_before_the_download(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1_000_000))
    with pytest.raises(downloads.DownloadError, match="disk is too full"):
        downloaded(hub, tmp_path)
    assert not [path for method, path, _ in hub.requests if method == "GET" and "/resolve/" in path]


def test_a_missing_model_is_told_without_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("the network was asked"))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("the network was asked"))
    reason = LocalExtractor(MODEL, tmp_path).is_available()
    assert reason == "Invented 1B: not downloaded. Download invented/model on the Models page."


def test_a_repository_without_usable_weights_is_said(hub: Hub, tmp_path: Path) -> None:
    del hub.files["model.safetensors"]
    with pytest.raises(NotDownloadedError, match="no weights"):
        downloaded(hub, tmp_path)


def test_the_commit_is_kept(hub: Hub, tmp_path: Path) -> None:
    assert downloaded(hub, tmp_path).name == COMMIT
