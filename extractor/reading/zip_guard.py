"""The parts of a zipped document (DOCX, HWPX) that hold text, copied for a parser: never more than fit."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from extractor.core.errors import N_, ReadingError

MAX_MEMBERS = 10_000
MAX_TEXT_BYTES = 64 * 1024 * 1024
# Parsed, each takes some 300 bytes.
MAX_TAGS = 1_000_000


def copy_parts(
    data: bytes,
    target: Path,
    name: str,
    wanted: Callable[[str], bool],
    prepared: Callable[[str, bytes], bytes],
    damaged: ReadingError,
) -> None:
    """Write the parts that are `wanted` to the archive `target`, each as `prepared` makes it.

    Counts what really comes out, not what the archive claims. Raises ReadingError when it is too large or
    encrypted, and `damaged`.
    """
    budget, tags = MAX_TEXT_BYTES, MAX_TAGS
    try:
        with (
            zipfile.ZipFile(io.BytesIO(data)) as source,
            zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy,
        ):
            members = source.infolist()
            if len(members) > MAX_MEMBERS:
                raise too_large(name)
            seen = set()
            for member in members:
                part = member.filename
                if part in seen or not wanted(part):
                    continue
                seen.add(part)
                with source.open(member) as stream:
                    content = stream.read(budget + 1)
                budget -= len(content)
                tags -= content.count(b"<")
                if budget < 0 or tags < 0:
                    raise too_large(name)
                copy.writestr(part, prepared(part, content))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError, NotImplementedError) as error:
        raise damaged from error
    except RuntimeError as error:  # zipfile's way of asking for a password
        raise encrypted(name) from error


def encrypted(name: str) -> ReadingError:
    return ReadingError(N_("{name} is encrypted. Save it without a password and upload that."), name=name)


def too_large(name: str) -> ReadingError:
    return ReadingError(
        N_("{name} unpacks to more than a document can hold. Split it and upload the parts."), name=name
    )
