"""Models that their providers take away, and those that answer in their place from that day on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from extractor.core.errors import N_, ConfigError, RightsdeskError

if TYPE_CHECKING:
    from extractor.settings.cloud import CloudModel


def today() -> date:
    return datetime.now(UTC).date()


def with_heirs(models: Mapping[str, CloudModel], day: date) -> dict[str, CloudModel]:
    """The models by key; one that is replaced by `day` has the settings of the model that answers in its place, and
    its own key."""
    return {key: _with_heir(model, models, day) for key, model in models.items()}


def _with_heir(model: CloudModel, models: Mapping[str, CloudModel], day: date) -> CloudModel:
    heir = model
    for _ in models:  # Heirs go away too. A circle ends somewhere in it.
        if heir.replaced_by is None or (heir.replaced_on or day) > day:
            break
        heir = models[heir.replaced_by]
    if heir is model:
        return model
    return replace(
        heir,
        key=model.key,
        model_id=model.model_id,
        asks=heir.model_id,
        name=f"{model.name} → {heir.name}",
        replaced=model.name,
        replaced_by=heir.key,
        replaced_on=model.replaced_on,
    )


def note(model: CloudModel, models: Mapping[str, CloudModel]) -> RightsdeskError | None:
    """What a person should know of a model that goes or is gone, as a text that can be translated; None for others."""
    if model.replaced_by is None or model.replaced_by not in models:
        return None
    names = {
        "model": model.replaced or model.name,
        "heir": models[model.replaced_by].name,
        "day": str(model.replaced_on),
    }
    if model.replaced is not None:
        return ConfigError(N_("{model} is not to be had any more since {day}; {heir} answers in its place."), **names)
    return ConfigError(N_("{model} goes on {day}; from then on {heir} answers in its place."), **names)
