"""A pack is read back only if no byte changed, and a hostile zip is refused unopened."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from app.core.errors import InputError
from app.core.tender.sealed import SealedPack
from app.sources.pack_file import read_pack

SITES = "\ufefflocation_id,n_charge_points,address\r\nUTR-0001,4,'=cmd\r\nUTR-0002,2,\r\n".encode()
FILES = {"README.txt": b"Read me", "sites.csv": SITES, "lots.csv": b"lot_code,kw\r\n1,66.0\r\n"}


def _manifest(files: Mapping[str, bytes], /, **more: object) -> dict[str, Any]:
    listed = [
        {"name": name, "sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()
    ]
    lines = "".join(
        f"{e['sha256']}  {e['name']}\n" for e in sorted(listed, key=lambda e: e["name"])
    )
    return {
        "format": "kerbwatt-tender-pack",
        "format_version": 1,
        "project": "utrecht",
        "edition": "public",
        "model": "concession",
        "v2g_phase": 2,
        "revision": 1,
        "date": "2027-01-15",
        "id_map": {"UTR-0001": "a", "UTR-0002": "b"},
        "retired": [],
        "open_items": [],
        "files": listed,
        "pack_digest": hashlib.sha256(lines.encode()).hexdigest(),
        **more,
    }


def _zip(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def _pack(files: Mapping[str, bytes] = FILES, /, **more: object) -> bytes:
    return _zip({**files, "manifest.json": json.dumps(_manifest(files, **more)).encode()})


def _read(data: bytes, most: int = 10**6, unpacked: int = 10**6) -> SealedPack:
    return read_pack(data, "old.zip", most_bytes=most, most_unpacked=unpacked)


def test_a_whole_pack_is_read_as_text() -> None:
    found = _read(_pack())
    assert (found.project, found.revision, found.public) == ("utrecht", 1, True)
    assert found.sites["address"].tolist() == ["=cmd", ""]
    assert set(found.tables) == {"sites", "lots"}


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda f: f | {"sites.csv": SITES.replace(b"4", b"6")}, "sites.csv was changed"),
        (lambda f: {k: v for k, v in f.items() if k != "lots.csv"}, "lots.csv is missing"),
        (lambda f: f | {"more.txt": b"x"}, "more.txt was added"),
    ],
)
def test_a_broken_seal_names_the_file(
    spoil: Callable[[dict[str, bytes]], dict[str, bytes]], words: str
) -> None:
    told = json.dumps(_manifest(FILES)).encode()
    with pytest.raises(InputError, match=f"old.zip: the seal is broken: {words}"):
        _read(_zip({**spoil(dict(FILES)), "manifest.json": told}))


def test_every_flipped_byte_of_every_file_is_found() -> None:
    told = json.dumps(_manifest(FILES)).encode()
    for name, data in FILES.items():
        for at in range(len(data)):
            other = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
            with pytest.raises(InputError, match=f"{name} was changed"):
                _read(_zip({**FILES, name: other, "manifest.json": told}))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"format": "zip"}, "no tender pack of Kerbwatt"),
        ({"format_version": 2}, "version 2 of the pack"),
        ({"revision": "1"}, "does not say revision"),
        ({"revision": True}, "does not say revision"),
        ({"retired": [4]}, "does not say retired"),
        ({"id_map": {"UTR-0001": 4}}, "does not say id_map"),
        ({"id_map": {"UTR-0001": "a"}}, "names other places than sites.csv"),
        ({"pack_digest": "0" * 64}, "the list of files was changed"),
        ({"files": [3]}, "lots.csv was added"),
    ],
)
def test_a_manifest_that_does_not_speak_our_words_is_refused(
    more: dict[str, object], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        _read(_pack(FILES, **more))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../evil", "no name of a file"),
        ("a/b.csv", "no name of a file"),
        ("C:x", "no name of a file"),
        ("a\\b", "no name of a file"),
        ("bell\x07", "no name of a file"),
        ("n" * 101, "no name of a file"),
        ("SITES.csv", "holds a file twice"),
    ],
)
def test_names_that_a_pack_never_has_are_refused(name: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        _read(_pack({**FILES, name: b"x"}))


def test_a_bomb_is_refused_by_its_directory() -> None:
    data = _pack({**FILES, "zeros.bin": bytes(5_000_000)})
    assert len(data) < 20_000
    with pytest.raises(InputError, match=r"unpacks to 5,0.* are allowed"):
        _read(data)
    with pytest.raises(InputError, match="more than the 100 allowed"):
        _read(data, most=100)
    with pytest.raises(InputError, match="files are more than a pack has"):
        _read(_pack({**FILES, **{f"f{n}": b"" for n in range(200)}}))


def test_a_directory_that_lies_about_a_size_is_refused() -> None:
    data = bytearray(_pack({**FILES, "a.bin": b"y" * 900}))
    at = data.rfind(b"PK\x01\x02", 0, data.rfind(b"PK\x01\x02"))  # the entry before the manifest
    assert int.from_bytes(data[at + 24 : at + 28], "little") == 900
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    with pytest.raises(InputError, match=r"cannot|can be read"):
        _read(bytes(data))


@pytest.mark.parametrize("data", [b"", b"PK", b"hello" * 50, _pack()[:-30]])
def test_what_is_no_zip_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match=r"old\.zip: this is not a zip file"):
        _read(data)


def test_a_zip_without_manifest_or_list_is_no_pack() -> None:
    with pytest.raises(InputError, match="no manifest"):
        _read(_zip(FILES))
    with pytest.raises(InputError, match=r"no sites\.csv"):
        _read(_pack({"README.txt": b""}, id_map={}))
    twice = {"sites.csv": b"location_id\r\nA\r\nA\r\n"}
    with pytest.raises(InputError, match="a row stands in it twice"):
        _read(_pack(twice, id_map={"A": "a"}))
