"""Which engine reads scans: `text_recognition` in `config/model_config.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from extractor.core.registry import plugin_names
from extractor.settings.yaml_sections import Section, load

ENGINES = ("tesseract", "rapidocr")
"""The built-in keys of `reading.ocr.engines.registry.ENGINES`, which a test compares."""
PLUGINS = "rightsdesk.ocr_engines"
"""The entry points by which other packages bring engines."""
LANGUAGES = ("korean", "english")


@dataclass(frozen=True)
class TextRecognition:
    """`engine` is a key of `engines.registry.ENGINES`.

    `language` and `models` are RapidOCR's: Korean print holds Latin letters and numbers too; `models` is the folder
    of its models, None for the one inside the package.
    """

    engine: str = "tesseract"
    language: str = ""
    models: Path | None = None

    @property
    def name(self) -> str:
        """Under which name readings are kept: another engine or language reads another text."""
        return f"{self.engine}-{self.language}" if self.language else self.engine


def text_recognition(top: Section) -> TextRecognition:
    """The choice in the file's mapping `top`, Tesseract when it says nothing. Raises ConfigError."""
    section = top.section("text_recognition")
    if section is None:
        return TextRecognition()
    engine = section.text("engine", "tesseract")
    if engine not in ENGINES:
        engine = section.text("engine", "tesseract", (*ENGINES, *plugin_names(PLUGINS)))
    rapidocr = section.section("rapidocr")
    language, models = LANGUAGES[0], None
    if rapidocr is not None:
        language = rapidocr.text("language", LANGUAGES[0], LANGUAGES)
        models = rapidocr.text_or_none("models")
        rapidocr.done()
    section.done()
    if engine != "rapidocr":
        return TextRecognition(engine)
    return TextRecognition(engine, language, Path(models).expanduser() if models else None)


def chosen() -> TextRecognition:
    """The choice in the configuration. A slip elsewhere in the file keeps nobody from reading. Raises ConfigError."""
    from extractor.settings.local_models import models_file

    return text_recognition(load(models_file()))
