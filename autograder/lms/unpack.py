"""Read a zip that may hold anything: no path leads out of it, no links, and limits on what is unpacked."""

from __future__ import annotations

import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from autograder.errors import CourseError
from autograder.grading.beside import by_a_person

MB = 1_000_000
LARGEST_FILE, LARGEST_TOGETHER = 100 * MB, 5_000 * MB  # bytes when unpacked
MOST_FILES = 50_000
LONGEST_PATH = 240  # characters of a name; file systems take 255 bytes
BLOCK = 1 << 20  # bytes


class NotUnpacked(Exception):
    """A file of the zip that is left out. The message says why."""


@dataclass
class Archive:
    """An open zip.

    Attributes:
        files: path → the zip's entry, of the files that can be unpacked.
        left_out: (name, why) of the others.
        room: bytes that may still be unpacked.
    """

    zip: zipfile.ZipFile
    files: dict[PurePosixPath, zipfile.ZipInfo] = field(default_factory=dict)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    room: int = LARGEST_TOGETHER

    def read(self, path: PurePosixPath) -> bytes:
        """The content of a file.

        Raises:
            NotUnpacked: if it is too large or damaged, whatever the zip says of its size.
        """
        content = bytearray()
        try:
            with self.zip.open(self.files[path]) as stream:
                while block := stream.read(BLOCK):
                    content += block
                    if len(content) > LARGEST_FILE:
                        raise NotUnpacked(f"it has more than {LARGEST_FILE // MB} MB when unpacked")
                    if len(content) > self.room:
                        raise NotUnpacked(f"the zip has more than {LARGEST_TOGETHER // MB} MB when unpacked")
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
            raise NotUnpacked(f"it is damaged or encrypted ({error})") from None
        self.room -= len(content)
        return bytes(content)


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """The zip at `path`, with its files sorted into those that can be unpacked and the rest.

    Raises:
        CourseError: if it is no zip, or has too many files.
    """
    try:
        opened = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is not a zip"
        raise CourseError(f"{path} cannot be read: {reason}") from None
    with opened:
        archive = Archive(opened)
        entries = [entry for entry in opened.infolist() if not entry.is_dir()]
        if len(entries) > MOST_FILES:
            raise CourseError(f"{path.name} has {len(entries):,} files; at most {MOST_FILES:,} are unpacked")
        for entry in entries:
            name = _name(entry)
            try:
                where = _inside(name, entry)
            except NotUnpacked as reason:
                archive.left_out.append((name, str(reason)))
                continue
            if all(map(by_a_person, where.parts)):
                archive.files[where] = entry
        yield archive


def _name(entry: zipfile.ZipInfo) -> str:
    """An entry's name; many systems write UTF-8 without saying so, and a Mac takes letters and marks apart."""
    name = entry.filename
    if not entry.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = entry.filename
    return unicodedata.normalize("NFC", name)


def _inside(name: str, entry: zipfile.ZipInfo) -> PurePosixPath:
    """The path of an entry.

    Raises:
        NotUnpacked: if it leads out of the folder, or is a link or another special file.
    """
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or name[1:2] == ":":
        raise NotUnpacked("its path leads out of the folder")
    if any(unicodedata.category(letter) == "Cc" for letter in name) or not path.name:
        raise NotUnpacked("its name has control characters")
    if any(len(part.encode()) > LONGEST_PATH for part in path.parts):
        raise NotUnpacked("its name is too long")
    mode = entry.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise NotUnpacked("it is a link or another special file")
    return path
