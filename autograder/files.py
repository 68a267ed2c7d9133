"""Read a file that a student may have made, its size, kind and links checked first; replace a file as a whole."""

from __future__ import annotations

import codecs
import os
from pathlib import Path

from autograder.errors import Unreadable

LARGEST = 50_000_000  # bytes; a notebook full of figures has a tenth of that


def read_bytes(path: Path, largest: int = LARGEST) -> bytes:
    """The bytes of a file that a student may have made.

    Raises:
        Unreadable: if it is missing, a link, not a file, or larger than `largest` bytes.
    """
    try:
        if path.is_symlink():
            raise Unreadable(f"{path.name} is a link to another file")
        if not path.exists():
            raise Unreadable(f"there is no file {path.name}")
        if not path.is_file():
            raise Unreadable(f"{path.name} is not a file")
        size = path.stat().st_size
        if size > largest:
            what_to_do = ": clear its outputs and save it again" if path.suffix == ".ipynb" else ""
            most = f"at most {largest / 1e6:,.0f} MB are read"
            raise Unreadable(f"{path.name} has {size / 1e6:,.0f} MB; {most}{what_to_do}")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be opened: {error.strerror}") from None


def require_own_folder(path: Path, folder: Path) -> None:
    """Raise Unreadable if the path to a file in `folder` goes through a link to another folder."""
    if path.parent.resolve() != folder.resolve() / path.parent.relative_to(folder):
        raise Unreadable(f"the folder of {path.name} is a link to another one")


def decoded(content: bytes) -> str:
    """Text in UTF-8, or in UTF-16 with a byte-order mark, as some editors write it; the mark is left out.

    Raises:
        UnicodeError: if it is neither.
    """
    utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if utf16 else "utf-8-sig")


def replace_file(path: Path, content: bytes, lasting: bool = False) -> None:
    """Write a file whole or not at all; the one that was there may be read-only.

    Args:
        lasting: for a person's own file, which a crash of the machine must not lose either: the content is on the disk
            before it takes the place of the old one, whose mode it keeps.

    Raises:
        OSError: if it cannot be written; the file is as it was.
    """
    temporary = path.with_name(f".{path.name}.half")
    temporary.unlink(missing_ok=True)
    try:
        with temporary.open("wb") as file:
            file.write(content)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        if lasting and path.exists():
            temporary.chmod(path.stat().st_mode & 0o777)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
