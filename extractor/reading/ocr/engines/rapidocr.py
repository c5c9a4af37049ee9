"""RapidOCR, an optional engine: PaddleOCR's models on onnxruntime (`pip install rapidocr onnxruntime`).

It finds lines first and reads each on its own. Where a letter stands in its line it tells only by the column of the
network's answer; the ink tells the rest.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import suppress
from importlib.util import find_spec
from itertools import pairwise
from typing import Any, NamedTuple

from extractor.core.errors import N_, ReadingError
from extractor.reading.ocr.engines.base import Piece
from extractor.settings.ocr import TextRecognition

# Pages at once, and the long side in pixels at which lines are looked for (they are read at full size): a worker may
# hold 0.95 GB (see `extractor.reading.sandbox`). Measured on A4: 1280 takes more memory and reads no better.
_AT_ONCE = 2
_LONG_SIDE = 960
# A line this many times as high as wide stands on end.
_UPENDED = 2.5
# Seconds to wait for the model's server, for the engine to be there, and until it is tried again.
_CONNECT, _PATIENCE, _AGAIN = 5, 15.0, 60.0
_SYLLABLE = re.compile("[ㄱ-ㆎ가-힣一-鿿]")


def read(choice: TextRecognition, grey: Any) -> list[Piece]:
    """The words of a page and, of Korean, its syllables. Raises ReadingError."""
    try:
        return _loaded(choice).read(grey)
    except Exception as error:  # Those of its libraries have nothing in common.
        reason = str(error).strip()[:200] or type(error).__name__
        raise ReadingError(N_("Text recognition failed ({reason})."), reason=reason) from error


def problem(choice: TextRecognition, name: str) -> ReadingError | None:
    """Why RapidOCR cannot be used here and what to do; None when it can. Loads it, and downloads its model once."""
    try:
        _loaded(choice)
    except _MissingError as error:
        return ReadingError(error.template, name=name, **error.params)
    return None


class _MissingError(Exception):
    """`template` has a place for `{name}`, the scan, and for `params`."""

    def __init__(self, template: str, **params: Any) -> None:
        super().__init__(template)
        self.template, self.params = template, params


class _Loading(NamedTuple):
    engine: Future[_Reader]
    began: float

    def is_over(self) -> bool:
        """Whether it failed so long ago that another try may end better."""
        return self.engine.done() and bool(self.engine.exception()) and time.monotonic() > self.began + _AGAIN


_loadings: dict[TextRecognition, _Loading] = {}
_lock = threading.Lock()


def _loaded(choice: TextRecognition) -> _Reader:
    """The one engine of this process for a choice; loading takes seconds. Raises _MissingError."""
    if find_spec("rapidocr") is None or find_spec("onnxruntime") is None:
        raise _MissingError(
            N_(
                "{name} is a scan, and RapidOCR, which the configuration chooses to read it, is not installed. Run "
                "“pip install rapidocr onnxruntime”, or choose another engine in config/model_config.yaml."
            )
        )
    with _lock:
        loading = _loadings.get(choice)
        if loading is None or loading.is_over():
            loading = _loadings[choice] = _Loading(Future(), time.monotonic())
            # On a thread of its own: a slow download goes on while this file gets its message.
            threading.Thread(target=_load, args=(choice, loading.engine), daemon=True).start()
    try:
        return loading.engine.result(_PATIENCE)
    except TimeoutError:
        raise _MissingError(
            N_("{name} is a scan, and RapidOCR is still downloading its model. Upload it again in a minute.")
        ) from None


def _load(choice: TextRecognition, engine: Future[_Reader]) -> None:
    try:
        engine.set_result(_Reader(choice))
    except _MissingError as error:
        engine.set_exception(error)
    except Exception as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        template = N_(
            "{name} is a scan, and RapidOCR cannot be started ({reason}). Install rapidocr and onnxruntime again, or "
            "choose another engine in config/model_config.yaml."
        )
        engine.set_exception(_MissingError(template, reason=reason))


class _Reader:
    """Finds lines with one half of RapidOCR and reads them with the other; asked from threads."""

    def __init__(self, choice: TextRecognition) -> None:
        import cv2
        import numpy as np
        from rapidocr import LangRec, ModelType, OCRVersion, RapidOCR
        from rapidocr.utils.download_file import DownloadFile, DownloadFileException

        # As with Tesseract one thread a page, a page a core, as far as memory allows.
        threads = max((os.cpu_count() or 1) // _AT_ONCE, 1)
        cv2.setNumThreads(1)
        common = {
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "Global.use_preprocess_img": False,
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
        lines = {"Det.limit_type": "max", "Det.limit_side_len": _LONG_SIDE}
        self._find: Any = RapidOCR(params=common | lines | {"Global.use_rec": False})
        letters: dict[str, Any] = {"Global.use_det": False, "Global.return_word_box": True, "Global.text_score": 0.0}
        if choice.language == "korean":
            letters |= {"Rec.lang_type": LangRec.KOREAN, "Rec.ocr_version": OCRVersion.PPOCRV5}
            letters |= {"Rec.model_type": ModelType.MOBILE}
        if choice.models is not None:
            letters["Global.model_root_dir"] = str(choice.models.absolute())
        self._letters: Any = RapidOCR(params=common | letters)
        self._turns = threading.BoundedSemaphore(_AT_ONCE)
        self._finding = threading.Lock()
        DownloadFile.REQUEST_TIMEOUT = _CONNECT
        try:
            # Models are loaded when first used.
            self._letters(np.full((48, 96), 255, np.uint8))
        except DownloadFileException as error:
            folder = str(self._letters.cfg.Global.model_root_dir)
            address = str(error).removeprefix("Failed to download ")
            template = N_(
                "{name} is a scan, and RapidOCR cannot download its model. Connect this machine to the internet once, "
                "or put the file from {address} into {folder}."
            )
            raise _MissingError(template, address=address, folder=folder) from error
        self._find(np.full((96, 96), 255, np.uint8))

    def read(self, grey: Any) -> list[Piece]:
        from extractor.reading.ocr.preprocessing import ink

        with self._turns:
            with self._finding:  # It takes most of the memory and a fifth of the time.
                corners = self._find(grey).boxes
                _hand_back()
            boxes = [] if corners is None else [_box(four, grey.shape) for four in corners]
            level = [box for box in boxes if box[3] - box[1] < _UPENDED * (box[2] - box[0])]
            standing = sum(box[3] - box[1] for box in boxes if box not in level)
            if standing > sum(box[2] - box[0] for box in level):
                return []  # The page lies on its side, and whoever gets nothing turns it (see `page.recognise`).
            dark = ink(grey)
            pieces = [piece for number, box in enumerate(level) for piece in self._line(grey, dark, box, number)]
            _hand_back()
            return pieces

    def _line(self, grey: Any, dark: Any, box: tuple[int, int, int, int], number: int) -> Iterator[Piece]:
        x0, y0, x1, y1 = box
        read = self._letters(grey[y0:y1, x0:x1])
        if not read.txts or not read.txts[0].strip():
            return
        columns = [column for word in read.word_results[0].word_cols for column in word]
        width = (x1 - x0) / read.word_results[0].line_txt_len
        middles = [(column + 0.5) * width for column in columns]
        # Of what it cannot read it is still half sure: upside down print gets 0.65, good print 0.98.
        confidence = max(2 * float(read.scores[0]) - 1, 0.0)
        for text, left, top, right, bottom in placed(read.txts[0], middles, dark[y0:y1, x0:x1]):
            yield Piece(x0 + left, y0 + top, x0 + right, y0 + bottom, text, confidence, number)


def _hand_back() -> None:
    """Give freed memory back to the system, which Linux' allocator keeps: 0.2 GB after every page, in ever more pieces.

    Without it a worker that read 56 pages grew over its limit.
    """
    import ctypes

    with suppress(OSError, AttributeError, TypeError):  # Other systems have other allocators.
        ctypes.CDLL(None).malloc_trim(0)


def _box(corners: Any, shape: tuple[int, int]) -> tuple[int, int, int, int]:
    """The rectangle around a quadrilateral, in whole pixels of the page."""
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    left, top = max(int(x0), 0), max(int(y0), 0)
    return left, top, max(min(int(x1) + 1, shape[1]), left + 1), max(min(int(y1) + 1, shape[0]), top + 1)


def placed(text: str, middles: list[float], dark: Any) -> Iterator[tuple[str, int, int, int, int]]:
    """The words and syllables of a line with left, top, right and bottom of their ink, in pixels of the line.

    `middles` has a place for every letter that is no space; `dark` is where the line has ink.
    """
    words = _words(text, middles)
    empty = ~dark.any(axis=0)
    cuts = [_cut(empty, left[-1], right[0]) for (_, left), (_, right) in pairwise(words)]
    for (word, _), start, stop in zip(words, [0, *cuts], [*cuts, dark.shape[1]], strict=True):
        stop = max(stop, start + 1)
        part = dark[:, start:stop]
        columns, rows = part.any(axis=0).nonzero()[0], part.any(axis=1).nonzero()[0]
        if len(columns):
            yield word, start + int(columns[0]), int(rows[0]), start + int(columns[-1]) + 1, int(rows[-1]) + 1
        else:
            yield word, start, 0, stop, dark.shape[0]


def _words(text: str, middles: list[float]) -> list[tuple[str, list[float]]]:
    """Each word or syllable with the middles of its letters.

    Syllables stand alone, as Tesseract gives them: the engine misses spaces of Korean, and white gaps tell them.
    """
    words: list[tuple[str, list[float]]] = []
    places = iter(middles)
    apart = True
    for letter in text:
        if letter.isspace():
            apart = True
            continue
        middle = next(places, None)
        if middle is None:
            break
        alone = bool(_SYLLABLE.match(letter))
        if apart or alone:
            words.append((letter, [middle]))
        else:
            words[-1] = (words[-1][0] + letter, [*words[-1][1], middle])
        apart = alone
    return words


def _cut(empty: Any, left: float, right: float) -> int:
    """The column between two letters where they come apart: the middle of the widest white strip between them."""
    start, stop = int(left), max(int(right), int(left) + 1)
    best, begin = (0, (start + stop) // 2), None
    for column in range(start, stop + 1):
        if column < min(stop, len(empty)) and empty[column]:
            begin = column if begin is None else begin
        elif begin is not None:
            best, begin = max(best, (column - begin, (column + begin) // 2)), None
    return best[1]
