"""Which encoding, and is it text at all: real files in their real encodings."""

import io
import os
import stat
import sys
import tempfile
from pathlib import Path

import pytest

from deliv.core.errors import InputError
from deliv.sources.textfile import Encoding, open_source, open_text, settle_encoding

TEXT = "番号,メール,備考\r\n1,taro@shop.example,①～－髙﨑\r\n"
UTF8 = TEXT.encode()


def settle(content: bytes, wanted: str | None = None) -> Encoding:
    return settle_encoding(io.BytesIO(content), "list.csv", wanted)


def text_of(content: bytes, wanted: str | None = None) -> str:
    file = io.BytesIO(content)
    text = open_text(file, settle_encoding(file, "list.csv", wanted))
    try:
        return text.read()
    finally:
        text.detach()


# --- encodings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoded_as", "name", "has_bom"),
    [
        ("utf-8", "utf-8", False),
        ("utf-8-sig", "utf-8", True),
        ("cp932", "cp932", False),
        ("utf-16", "utf-16", True),
    ],
)
def test_the_encoding_is_found_and_every_character_comes_through(
    encoded_as: str, name: str, *, has_bom: bool
) -> None:
    content = TEXT.encode(encoded_as)
    assert settle(content) == Encoding(name=name, has_bom=has_bom)
    assert text_of(content) == TEXT


def test_utf_16_in_the_other_byte_order_is_read_too() -> None:
    content = b"\xfe\xff" + TEXT.encode("utf-16-be")
    assert settle(content) == Encoding(name="utf-16", has_bom=True)
    assert text_of(content) == TEXT


def test_pure_ascii_is_utf_8() -> None:
    assert settle(b"email\r\ntaro@shop.example\r\n") == Encoding(name="utf-8")


def test_a_file_that_is_ascii_for_megabytes_is_judged_by_its_end() -> None:
    content = b"id,mail\n" + b"1,taro@shop.example\n" * 120_000 + "2,髙\n".encode("cp932")
    assert settle(content).name == "cp932"


def test_a_character_across_the_border_of_two_chunks_is_one_character() -> None:
    content = b"a" * ((1 << 20) - 1) + "あ\n".encode()
    assert settle(content) == Encoding(name="utf-8")


@pytest.mark.parametrize(
    ("content", "name", "broken"),
    [
        (UTF8 + "2,二郎\n".encode() + b"3,\xff,x\n", "utf-8", 1),
        (UTF8 + b"3,\x81,x\n4,\xfe,y\n", "utf-8", 2),
        (TEXT.encode("cp932") + "2,二郎\n".encode("cp932") + b"3,\x81 \n", "cp932", 1),
        (b"\xef\xbb\xbf" + UTF8 + b"3,\xff\n", "utf-8", 1),
        (UTF8.replace(b"\r\n", b"\r") + b"3,\xff\r", "utf-8", 1),
    ],
    ids=["utf-8", "utf-8-two-lines", "cp932", "utf-8-bom", "cr-only"],
)
def test_single_broken_bytes_do_not_change_the_encoding_of_the_file(
    content: bytes, name: str, broken: int
) -> None:
    encoding = settle(content)
    assert (encoding.name, encoding.broken_lines) == (name, broken)
    assert "taro@shop.example" in text_of(content)


def test_broken_bytes_can_be_written_back_as_they_came() -> None:
    content = UTF8 + b"3,\xff\xfe\n"
    assert text_of(content).endswith("3,\udcff\udcfe\n")
    assert text_of(content).encode("utf-8", "surrogateescape") == content


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe" + "mail\na".encode("utf-16-le") + b"\x00\xd8" + "b\n".encode("utf-16-le"),
        b"\xff\xfe" + "mail\n".encode("utf-16-le") + b"a",
    ],
    ids=["half-a-pair", "cut-off"],
)
def test_broken_utf_16_is_marked_and_never_a_crash(content: bytes) -> None:
    assert settle(content).broken_lines == 1
    assert "\udc00" in text_of(content)


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("utf-8", "utf-8"),
        ("UTF8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("cp932", "cp932"),
        ("Shift_JIS", "cp932"),
        ("sjis", "cp932"),
        ("ms932", "cp932"),
        ("EUC-JP", "euc_jp"),
        ("iso-2022-jp", "iso2022_jp"),
    ],
)
def test_a_named_encoding_is_taken_by_any_of_its_names(wanted: str, name: str) -> None:
    content = "番号,メール\n1,あ\n".encode(name)
    encoding = settle(content, wanted)
    assert (encoding.name, encoding.broken_lines) == (name, 0)
    assert text_of(content, wanted) == "番号,メール\n1,あ\n"


@pytest.mark.parametrize("wanted", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", [b"\xff\xfe", b""], ids=["bom", "no-bom"])
def test_utf_16_can_be_named_with_and_without_a_mark(wanted: str, mark: bytes) -> None:
    order = "utf-16-be" if wanted == "utf-16-be" and not mark else "utf-16-le"
    assert text_of(mark + TEXT.encode(order), wanted) == TEXT


def test_a_named_encoding_that_does_not_fit_still_reads_every_line() -> None:
    encoding = settle(UTF8, "cp932")
    assert encoding.name == "cp932"
    assert text_of(UTF8, "cp932").count("\n") == 2


@pytest.mark.parametrize("wanted", ["iso-2022-jp", "utf-7", "hz", "euc-jp", "cp932", "utf-8"])
def test_bytes_of_every_kind_are_read_in_every_encoding(wanted: str) -> None:
    content = b"mail\n" + bytes(range(0x20, 0x100)) + b"\n\x1b$B\x81\n~{\x81~\n+\x81\n\x1b$$\xd2\x1b$"
    assert text_of(content, wanted).startswith("mail\n")


@pytest.mark.parametrize("wanted", ["latin-9999", "", "base64", "rot13"])
def test_an_encoding_that_does_not_exist_is_refused(wanted: str) -> None:
    with pytest.raises(InputError, match=r"there is no encoding “.*”; try utf-8 or cp932") as caught:
        settle(UTF8, wanted)
    assert f"“{wanted}”" in str(caught.value)


# --- no text --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04\x14\x00\x06\x00" + b"\x00" * 100, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100],
    ids=["xlsx", "xls"],
)
def test_a_workbook_is_to_be_saved_as_csv(content: bytes) -> None:
    with pytest.raises(InputError) as caught:
        settle(content)
    assert str(caught.value) == (
        "list.csv is an Excel workbook; open it in Excel and save it as CSV; nothing was checked"
    )


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\x01\x02\x03",
        b"mail\x00address\n",
        bytes(range(32)) * 10,
        "mail\n".encode("utf-16-le"),
        b"%PDF-1.7\nmail\n",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        b"\x1f\x8b\x08\x00",
        b"SQLite format 3\x00",
        b"MZ\x90\x00",
    ],
    ids=[
        *("nul", "nul-in-the-headings", "controls", "utf-16-without-mark"),
        *("pdf", "png", "jpeg", "gzip", "sqlite", "exe"),
    ],
)
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(InputError, match=r"list.csv is no text file; save the list as CSV"):
        settle(content)


def test_a_nul_further_down_is_the_business_of_its_row() -> None:
    assert text_of(b"mail\na\x00b@shop.example\n") == "mail\na\x00b@shop.example\n"


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(InputError, match=r"list.csv is empty; nothing was checked"):
        settle(b"")


# --- opening --------------------------------------------------------------------------------------


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "顧客.csv"
    with pytest.raises(InputError) as caught:
        open_source(path)
    assert str(caught.value) == f"there is no file {path}; nothing was checked"


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder; name the file itself"):
        open_source(str(tmp_path))


@pytest.mark.parametrize("name", ["x\0y", "a" * 5000], ids=["nul", "too-long"])
def test_a_name_that_no_file_can_have_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        open_source(tmp_path / name)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_says_why(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(UTF8)
    path.chmod(0)
    with pytest.raises(InputError, match=r"cannot be read .*denied"):
        open_source(path)


def test_a_file_given_open_is_used_as_it_is() -> None:
    file = io.BytesIO(UTF8)
    assert open_source(file) is file


def piped(content: bytes) -> io.BufferedReader:
    """A pipe with `content` in it, as a shell makes one."""
    read, write = os.pipe()
    with os.fdopen(write, "wb") as sender:
        sender.write(content)
    return os.fdopen(read, "rb")


def test_a_pipe_is_copied_so_that_it_can_be_read_twice() -> None:
    with piped(UTF8) as pipe, open_source(pipe) as copy:
        assert not pipe.seekable()
        assert copy.read() == UTF8
        copy.seek(0)
        assert copy.read() == UTF8


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    with io.TextIOWrapper(piped(UTF8)) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        with open_source("-") as copy:
            assert (copy.seekable(), copy.read()) == (True, UTF8)


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="needs /dev/fd")
def test_a_path_that_leads_to_a_pipe_is_copied_too() -> None:
    with piped(UTF8) as pipe, open_source(f"/dev/fd/{pipe.fileno()}") as copy:
        assert (copy.seekable(), copy.read()) == (True, UTF8)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such permissions")
def test_the_copy_is_for_the_owner_only_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with piped(UTF8) as pipe, open_source(pipe) as copy:
        assert stat.S_IMODE(os.fstat(copy.fileno()).st_mode) & 0o077 == 0
    assert list(tmp_path.iterdir()) == []
