"""Opening PDFs with PDFium. It is not thread-safe: every call into it holds `LOCK`."""

from __future__ import annotations

import threading
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium

from extractor.core.errors import N_, ReadingError

LOCK = threading.RLock()

_PASSWORD_ERRORS = (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)


def open_pdf(source: Path | bytes, name: str) -> pypdfium2.PdfDocument:
    """Open a PDF with its form fields; the caller holds `LOCK`.

    Raises ReadingError when it is encrypted, damaged or not there.
    """
    try:
        pdf = pypdfium2.PdfDocument(source)
        pdf.init_forms()
        return pdf
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) in _PASSWORD_ERRORS:
            raise ReadingError(
                N_("{name} is encrypted. Save it without a password and upload that."), name=name
            ) from error
        raise damaged(name) from error
    except OSError as error:
        raise ReadingError(
            N_("{name} cannot be opened ({reason}). Check that it is there and may be read."),
            name=name,
            reason=error.strerror or "not found",
        ) from error


def damaged(name: str) -> ReadingError:
    return ReadingError(N_("{name} is damaged or incomplete. Export it again as PDF and upload that."), name=name)
