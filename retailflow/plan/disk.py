"""The folder of generated files as it is: read and written without ever following a link out of it."""

import os
import shutil
import stat
from pathlib import Path

TEMPORARY = ".retailflow-tmp"
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class RefusedError(Exception):
    """What is in the place is not a file of ours to read or write; the message says what it is."""


class Disk:
    """Files below one folder, by their relative path."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._folders: dict[str, bool] = {}

    def read(self, path: str) -> bytes | None:
        """What the file holds, None when there is none; raises RefusedError on links, folders and anything else that is not a file."""
        if not self._exists(path.rpartition("/")[0]):
            return None
        try:
            descriptor = os.open(self.root / path, _READ)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise RefusedError(self._what(path)) from error
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise RefusedError(self._what(path))
        with os.fdopen(descriptor, "rb") as file:
            return file.read()

    def write(self, path: str, content: bytes) -> None:
        """Put the file in its place in one step: whoever looks sees the old one or the new one."""
        target, temporary = self.root / path, self.root / TEMPORARY / f"{os.getpid()}"
        if not self._exists(path.rpartition("/")[0]):
            target.parent.mkdir(parents=True)
            self._folders.clear()
        temporary.parent.mkdir(exist_ok=True)
        temporary.write_bytes(content)
        os.replace(temporary, target)

    def delete(self, path: str) -> None:
        """Remove the file, and the folders it leaves empty."""
        target = self.root / path
        target.unlink(missing_ok=True)
        for folder in target.parents:
            if folder == self.root or not folder.is_dir() or any(folder.iterdir()):
                break
            folder.rmdir()
        self._folders.clear()

    def sweep(self) -> None:
        """Remove the temporary files that this run or an interrupted one has left."""
        leftover = self.root / TEMPORARY
        if leftover.is_symlink():
            leftover.unlink()
        elif leftover.is_dir():
            shutil.rmtree(leftover)

    def _exists(self, folder: str) -> bool:
        """Whether the folder is there, itself and all above it up to the root being real ones."""
        if folder not in self._folders:
            self._folders[folder] = (not folder or self._exists(folder.rpartition("/")[0])) and self._is_folder(folder)
        return self._folders[folder]

    def _is_folder(self, folder: str) -> bool:
        try:
            mode = os.lstat(self.root / folder).st_mode
        except FileNotFoundError:
            return False
        if not stat.S_ISDIR(mode):
            raise RefusedError(self._what(folder))
        return True

    def _what(self, path: str) -> str:
        place = self.root / path
        kind = "a symbolic link" if place.is_symlink() else "a folder" if place.is_dir() else "not a readable file"
        return f"`{path or '.'}` is {kind}"
