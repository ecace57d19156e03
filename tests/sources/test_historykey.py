"""The secret under which addresses are remembered."""

import hashlib
import hmac
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import deliv
from deliv.core.errors import HistoryError
from deliv.sources import historykey
from deliv.sources.historykey import AddressKey, address_key, alike

KEY = AddressKey("0123456789abcdef")


@pytest.fixture(autouse=True)
def _no_key_in_the_environment(monkeypatch):
    monkeypatch.delenv("DELIV_KEY", raising=False)


def test_what_stands_for_an_address_is_the_keys_fingerprint_and_96_bits_of_hmac():
    digest = hmac.digest(b"0123456789abcdef", b"address\0taro@docomo.ne.jp", "sha256")
    prefix = hashlib.sha256(b"deliv history key\x000123456789abcdef").digest()[:4]
    assert KEY.hash("taro@docomo.ne.jp") == prefix + digest[:12]
    assert KEY.fingerprint == prefix.hex()


def test_another_key_makes_strangers_of_them():
    other = AddressKey("another key for it")
    assert other.fingerprint != KEY.fingerprint
    assert other.hash("taro@docomo.ne.jp")[4:] != KEY.hash("taro@docomo.ne.jp")[4:]
    assert AddressKey.unused().fingerprint != AddressKey.unused().fingerprint


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Taro@docomo.ne.jp", "taro@docomo.ne.jp"),
        ('"a..b"@docomo.ne.jp', "a..b@docomo.ne.jp"),
        ('"A.B."@docomo.ne.jp', "a.b.@docomo.ne.jp"),
    ],
)
def test_spellings_that_reach_the_same_mailbox_are_one(one, other):
    assert alike(one) == alike(other)
    assert KEY.hash(one) == KEY.hash(other)


def test_a_quoted_part_that_needs_its_quotes_keeps_them():
    assert alike('"a b"@docomo.ne.jp') == '"a b"@docomo.ne.jp'


def test_hashes_are_the_same_whether_remembered_or_not(monkeypatch):
    monkeypatch.setattr(historykey, "_MOST_KEPT", 2)
    key = AddressKey("0123456789abcdef")
    addresses = [f"{number}@docomo.ne.jp" for number in range(5)]
    assert [key.hash(each) for each in addresses * 2] == [KEY.hash(each) for each in addresses] * 2


def test_an_address_and_a_mail_of_the_same_text_differ():
    assert KEY.hash_mail("a@b.example") != KEY.hash("a@b.example")[4:12]


def test_a_key_is_made_once_and_for_its_owner_alone(tmp_path):
    folder = tmp_path / "data" / "deliv"
    key = address_key(folder, create=True)
    assert address_key(folder, create=True).fingerprint == key.fingerprint
    assert address_key(folder, create=False).fingerprint == key.fingerprint
    assert [path.name for path in folder.iterdir()] == ["history.key"]
    if os.name == "posix":
        assert stat.S_IMODE((folder / "history.key").stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_looking_makes_no_key(tmp_path):
    assert address_key(tmp_path / "none", create=False).fingerprint
    assert not (tmp_path / "none").exists()


def test_the_variable_wins_and_may_hold_the_key_of_another_computer(tmp_path, monkeypatch):
    key = address_key(tmp_path, create=True)
    monkeypatch.setenv("DELIV_KEY", (tmp_path / "history.key").read_text())
    assert address_key(tmp_path / "elsewhere", create=True).fingerprint == key.fingerprint
    assert address_key(None, create=True).fingerprint == key.fingerprint
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_system_without_links_does_too(tmp_path, monkeypatch):
    def no_links(*args):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    key = address_key(tmp_path, create=True)
    assert address_key(tmp_path, create=True).fingerprint == key.fingerprint
    assert [path.name for path in tmp_path.iterdir()] == ["history.key"]
    historykey._copy(tmp_path / "history.key", tmp_path / "history.key")  # who comes late changes nothing
    assert address_key(tmp_path, create=False).fingerprint == key.fingerprint


def refusal(folder: Path | None) -> str:
    with pytest.raises(HistoryError) as caught:
        address_key(folder, create=True)
    return str(caught.value)


def test_a_short_key_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("DELIV_KEY", "secret")
    assert refusal(tmp_path) == (
        "DELIV_KEY is too short: a key has at least 16 characters; nothing was learned or read"
    )


def test_without_a_home_the_variable_is_needed():
    assert "give one in DELIV_KEY" in refusal(None)


def test_a_damaged_key_is_not_replaced(tmp_path, monkeypatch):
    monkeypatch.setattr(historykey.time, "sleep", lambda seconds: None)
    (tmp_path / "history.key").write_text("")
    assert "is damaged; put back your copy of it" in refusal(tmp_path)
    assert (tmp_path / "history.key").read_text() == ""


def test_a_folder_that_is_none_is_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    assert "cannot be read or written" in refusal(tmp_path / "file" / "below")


def test_first_runs_at_the_same_time_agree_on_one_key(tmp_path):
    code = (
        "import sys\nfrom pathlib import Path\nfrom deliv.sources.historykey import address_key\n"
        "sys.stdin.read()\nprint(address_key(Path(sys.argv[1]), create=True).fingerprint)\n"
    )
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", code, tmp_path / "data"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(Path(deliv.__file__).parent.parent)},
        )
        for _ in range(6)
    ]
    for run in runs:
        run.stdin.close()  # all of them are waiting for this
        run.stdin = None
    keys = {run.communicate(timeout=30)[0] for run in runs}
    assert len(keys) == 1
    assert keys != {""}
