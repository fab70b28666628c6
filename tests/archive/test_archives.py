"""ZIP archives from the world: whatever is wrong with one is a sentence."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from evidence.archive.archives import opened
from evidence.errors import EvidenceError

WHAT = "a REFI-QDA project"


def packed(folder: Path, *names: str, data: bytes = b"words", packing: int = zipfile.ZIP_STORED) -> Path:
    file = folder / "project.qdpx"
    with zipfile.ZipFile(file, "w", packing) as archive:
        for name in names:
            archive.writestr(name, data)
    return file


def look(file: Path, name: str = "") -> bytes:
    with opened(file, WHAT) as archive:
        return archive.read(name) if name else b""


def refused(file: Path, name: str = "") -> str:
    with pytest.raises(EvidenceError) as error:
        look(file, name)
    sentence = str(error.value)
    assert sentence.startswith(file.name)
    assert "\n" not in sentence
    return sentence


def test_entries_are_read_by_name_and_backslashes_are_forgiven(tmp_path: Path) -> None:
    assert look(packed(tmp_path, "sources\\a.txt"), "sources/a.txt") == b"words"
    assert "holds no such file" in refused(tmp_path / "project.qdpx", "b.txt")


@pytest.mark.parametrize(
    "name", ["../out.txt", "a/../../out.txt", "/etc/passwd", "C:/out.txt", "..\\out.txt", "\\\\host\\x"]
)
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    assert "leads out of it" in refused(packed(tmp_path, "good.txt", name))


def test_a_link_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "project.qdpx"
    with zipfile.ZipFile(file, "w") as archive:
        link = zipfile.ZipInfo("sources/a.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert "holds a link" in refused(file)


def test_a_name_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    assert "twice" in refused(packed(tmp_path, "sources/a.txt", "Sources/A.txt"))


def test_a_bomb_is_refused_before_it_goes_off(tmp_path: Path) -> None:
    file = packed(tmp_path, "project.qde", data=b"\0" * 50_000_000, packing=zipfile.ZIP_DEFLATED)
    assert file.stat().st_size < 100_000
    assert "as no document does" in refused(file)


def test_a_bomb_that_lies_of_its_size_does_not_go_off(tmp_path: Path) -> None:
    file = packed(tmp_path, "project.qde", data=b"\0" * 50_000_000, packing=zipfile.ZIP_DEFLATED)
    data = file.read_bytes()
    size = (50_000_000).to_bytes(4, "little")
    assert data.count(size) == 2
    file.write_bytes(data.replace(size, (1000).to_bytes(4, "little")))
    assert "damaged" in refused(file, "project.qde")


def test_one_large_entry_is_refused(tmp_path: Path) -> None:
    file = packed(tmp_path, "a.txt", data=b"words" * 14_000_000)
    assert "at most 64 MiB" in refused(file, "a.txt")


@pytest.mark.parametrize("kept", [0.2, 0.9])
def test_a_truncated_archive_is_refused(tmp_path: Path, kept: float) -> None:
    file = packed(tmp_path, "project.qde", "sources/a.txt")
    data = file.read_bytes()
    file.write_bytes(data[: int(len(data) * kept)])
    assert "cut off" in refused(file)


def test_damaged_bytes_are_found(tmp_path: Path) -> None:
    file = packed(tmp_path, "a.txt", data=b"the words of the source")
    file.write_bytes(file.read_bytes().replace(b"the words", b"our words"))
    assert "damaged" in refused(file, "a.txt")


def test_an_encrypted_entry_is_refused(tmp_path: Path) -> None:
    file = packed(tmp_path, "a.txt")
    data = bytearray(file.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    file.write_bytes(bytes(data))
    assert "encrypted" in refused(file)


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "project.qdpx"
    file.write_bytes(b"")
    assert "no ZIP archive" in refused(file)
    with pytest.raises(EvidenceError, match="cannot be read"):
        look(tmp_path / "nowhere.qdpx")


@pytest.mark.parametrize(
    "command",
    [
        "import bibliography",
        "import frus",
        "import tropy",
        "import hypothesis",
        "import annotations",
        "import qdpx",
    ],
)
def test_a_pipe_or_a_device_is_refused_and_not_waited_for(command: str, tmp_path: Path) -> None:
    ledger = str(tmp_path / "ledger.db")
    ran = [sys.executable, "-m", "evidence", "--ledger", ledger]
    subprocess.run([*ran, "init", "--study", "x"], check=True, capture_output=True)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for file in (str(pipe), "/dev/zero"):
        done = subprocess.run(
            [*ran, *command.split(), file], capture_output=True, timeout=60, text=True, check=False
        )
        assert done.returncode == 1
        assert "a pipe or a device" in done.stderr
