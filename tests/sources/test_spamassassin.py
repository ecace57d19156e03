"""What a local SpamAssassin says: a small stand-in everywhere, the real one where it is installed."""

import os
import shutil
import sys

import pytest

from deliv.core.facts.message import SpamRule
from deliv.sources import spamassassin
from deliv.sources.spamassassin import read_report, run_spamassassin
from tests.sources.signing import MAIL

# As written by version 4.0.1 for a mail of one link.
REPORT = """\
Received: from localhost by vm
\twith SpamAssassin (version 4.0.1);
X-Spam-Checker-Version: SpamAssassin 4.0.1 (2024-03-25) on vm
X-Spam-Status: Yes, score=1002.9 required=5.0 tests=BODY_URI_ONLY,GTUBE,
\tMSGID_SHORT,NO_RELAYS,MIME_HEADER_CTYPE_ONLY,ALL_TRUSTED autolearn=no
\tautolearn_force=no version=4.0.1

Spam detection software, running on the system "vm",

Content analysis details:   (1002.9 points, 5.0 required)

 pts rule name              description
---- ---------------------- --------------------------------------------------
-1.0 ALL_TRUSTED            Passed through trusted hosts only via SMTP
 0.0 MSGID_SHORT            Message-ID is unusually short
1000 GTUBE                  BODY: Generic Test for Unsolicited Bulk Email
 0.1 MIME_HEADER_CTYPE_ONLY 'Content-Type' found without required MIME
                            headers
 3.8 BODY_URI_ONLY          Message body is only a URI
 9.9 OTHER_RULE             A row that the mail itself might hold
"""


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Return a function that puts a program called spamassassin on the path."""

    def make(code: str) -> None:
        file = tmp_path / "spamassassin"
        file.write_text(f"#!{sys.executable}\n{code}")
        file.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))

    return make


def test_none_is_not_installed(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    assert run_spamassassin(MAIL) is None


def test_the_report_is_read():
    report = read_report(REPORT)

    assert (report.score, report.threshold, report.is_spam, report.failure) == (1002.9, 5.0, True, None)
    assert report.rules == (
        SpamRule("GTUBE", 1000.0, "BODY: Generic Test for Unsolicited Bulk Email"),
        SpamRule("BODY_URI_ONLY", 3.8, "Message body is only a URI"),
        SpamRule("MIME_HEADER_CTYPE_ONLY", 0.1, "'Content-Type' found without required MIME headers"),
        SpamRule("MSGID_SHORT", 0.0, "Message-ID is unusually short"),
        SpamRule("NO_RELAYS"),
        SpamRule("ALL_TRUSTED", -1.0, "Passed through trusted hosts only via SMTP"),
    )


def test_no_rule_at_all():
    report = read_report("X-Spam-Status: No, score=0.0 required=5.0 tests=none autolearn=no\n\nhello")

    assert (report.score, report.is_spam, report.rules) == (0.0, False, ())


@pytest.mark.parametrize(
    "output",
    [
        "",
        "hello",
        "From: x\n\nX-Spam-Status: No, score=0.0 required=5.0 tests=none",
        "X-Spam-Status: No",
        "X-Spam-Status: No, score=1.2.3 required=5.0 tests=none",
    ],
)
def test_output_without_a_score_is_a_failure(output):
    report = read_report(output)

    assert (report.score, report.threshold, report.is_spam) == (None, None, None)
    assert str(report.failure) == "SpamAssassin failed (no X-Spam-Status), so there is no score"


@pytest.mark.skipif(os.name == "nt", reason="a script is no program there")
class TestProgram:
    def test_it_gets_the_mail_and_is_to_stay_offline(self, program, tmp_path):
        got = tmp_path / "got"
        program(
            f"import sys\nopen({str(got)!r}, 'wb').write(sys.stdin.buffer.read())\n"
            f"assert '--local' in sys.argv\nprint({REPORT!r}.replace('\\n', '\\r\\n'))"
        )

        report = run_spamassassin(MAIL)

        assert report is not None
        assert (report.score, len(report.rules)) == (1002.9, 6)
        assert got.read_bytes() == MAIL

    @pytest.mark.parametrize(
        ("code", "reason"),
        [
            ("import sys; sys.exit('first\\nno rules found')", "no rules found"),
            ("import sys; sys.exit(3)", "exit 3"),
            ("", "no X-Spam-Status"),
        ],
    )
    def test_it_fails(self, program, code, reason):
        program(code)

        report = run_spamassassin(MAIL)

        assert report is not None
        assert str(report.failure) == f"SpamAssassin failed ({reason}), so there is no score"

    def test_it_cannot_be_started(self, program, tmp_path):
        program("")
        (tmp_path / "spamassassin").write_bytes(b"\0")

        report = run_spamassassin(MAIL)

        assert report is not None
        assert report.failure is not None

    def test_it_takes_too_long(self, program, monkeypatch):
        monkeypatch.setattr(spamassassin, "_SECONDS", 0.2)
        program("import time; time.sleep(30)")

        report = run_spamassassin(MAIL)

        assert report is not None
        assert "took longer than" in str(report.failure)

    @pytest.mark.skipif(shutil.which("spamassassin") is None, reason="SpamAssassin is not installed")
    def test_the_real_one(self):
        spam = MAIL + b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\r\n"

        ham_report, spam_report = run_spamassassin(MAIL), run_spamassassin(spam)

        assert ham_report is not None
        assert spam_report is not None
        assert (ham_report.failure, ham_report.is_spam) == (None, False)
        assert (spam_report.failure, spam_report.is_spam) == (None, True)
        assert spam_report.rules[0].name == "GTUBE"
        assert spam_report.rules[0].score == 1000
