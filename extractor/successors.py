"""Models that their providers take away, and those that answer in their place from that day on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .config import CloudModel


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
        name=f"{model.name} → {heir.name}",
        replaced=model.name,
        replaced_by=heir.key,
        replaced_on=model.replaced_on,
    )
