"""Kept versions: which one reads, and the way back."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractor.core.errors import LearningError
from extractor.extractors.builtin.learned import library
from extractor.extractors.builtin.learned.model import FieldModel, Measured, TypeModel


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RIGHTSDESK_LEARNED", str(tmp_path / "learned"))
    return tmp_path / "learned"


def model(documents: int = 20) -> TypeModel:
    field = FieldModel("name", {"label giver": 2.5}, -1.0, 0.4, {"한가람": ("한가람", 3)}, {}, ((0.1, 0.2), (0.9, 0.8)))
    return TypeModel("receipt", documents, {"giver": field}, {"giver": Measured((1, 2, 3), (4, 1, 0), True)})


def test_without_a_model_the_rules_read() -> None:
    assert library.active("receipt") is None
    assert library.active_version("receipt") == library.RULES
    assert library.versions("receipt") == []


def test_a_kept_model_reads_only_when_it_took_over() -> None:
    version = library.keep(model())
    assert library.active("receipt") is None
    library.take_over("receipt", version)
    assert library.active("receipt") == model()
    assert library.active("letter") is None


def test_going_back_ends_at_the_rules() -> None:
    first, second = library.keep(model(20)), library.keep(model(30))
    library.take_over("receipt", first)
    library.take_over("receipt", second)
    assert {version for version, _ in library.versions("receipt")} == {first, second}
    assert library.go_back("receipt") == first
    assert library.active("receipt") == model(20)
    assert library.go_back("receipt") == library.RULES
    assert library.go_back("receipt") == library.RULES


@pytest.mark.parametrize("damage", ["", "[]", '{"fields": {}}', "\x00", '{"document_type": "receipt", "documents": 2}'])
def test_a_damaged_model_is_named_and_does_not_take_over(folder: Path, damage: str) -> None:
    version = library.keep(model())
    library.take_over("receipt", version)
    (folder / "receipt" / f"{version}.json").write_text(damage, encoding="utf-8")
    with pytest.raises(LearningError, match=r"receipt.*Train it again"):
        library.active("receipt")
    with pytest.raises(LearningError):
        library.take_over("receipt", "unknown")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("RIGHTSDESK_LEARNED", str(tmp_path / "file" / "learned"))
    with pytest.raises(LearningError, match="Make the folder writable"):
        library.keep(model())


def test_values_between_the_points_of_the_curve() -> None:
    [field] = model().fields.values()
    assert field.calibrated(0.0) == 0.2
    assert field.calibrated(1.0) == 0.8
    assert field.calibrated(0.5) == pytest.approx(0.5)


def test_a_damaged_record_leaves_the_type_to_the_rules(folder: Path) -> None:
    version = library.keep(model())
    library.take_over("receipt", version)
    (folder / "receipt" / "in_use.json").write_text("{", encoding="utf-8")
    assert library.active("receipt") is None
    library.take_over("receipt", version)
    assert library.active("receipt") == model()


def test_threads_and_processes_that_take_over_at_once_lose_nothing(folder: Path) -> None:
    import threading

    versions = [library.keep(model(number)) for number in range(12)]
    threads = [threading.Thread(target=library.take_over, args=("receipt", version)) for version in versions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(library._used("receipt")) == sorted(versions)


def test_a_type_is_trained_by_one_process_at_a_time() -> None:
    with library.training("receipt"):
        with pytest.raises(LearningError, match="being trained already"), library.training("receipt"):
            pass
        with library.training("letter"):
            pass
    with library.training("receipt"):
        pass


def test_sessions_that_start_a_training_at_once_start_one() -> None:
    import threading

    from extractor.desk.training_process import Training, Trainings

    started = []

    class Kept(Training):
        def start(self) -> None:
            started.append(self)

    trainings, gate, found = Trainings(Kept), threading.Barrier(8), []

    def press() -> None:
        gate.wait(30)
        found.append(trainings.start("receipt"))

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(started) == 1 and all(one is started[0] for one in found)
    started[0]._over.set()
    assert trainings.start("receipt", use=True) is started[1] and started[1].use
