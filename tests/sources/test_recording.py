"""Recordings: what was answered once is answered again, without any network."""

import asyncio
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliv.core.canary import Trust
from deliv.core.errors import RecordingError
from deliv.core.question import Answer, AnswerStatus, Query, RecordType, Trouble
from deliv.core.rulebook import RuleBook
from deliv.gather import gather_facts
from deliv.sources.recording import SCHEMA, RecordingResolver, ReplayResolver, read_recording
from tests.zone import CANARIES, TEMPERROR, Zone, ZoneResolver

ZONE: Zone = CANARIES | {
    "living.example": {"MX": ["10 mx.living.example."], "TXT": ['日本語 \udce9\udcff \\ "', ""]},
    "mx.living.example": {"A": ["192.0.2.1"]},
    "null.example": {"MX": ["0 ."]},
    "broken.example": TEMPERROR,
}
DOMAINS = ["living.example", "null.example", "broken.example", "gone.example", "docomo.ne.jp"]


def query(name: str, kind: str = "MX") -> Query:
    return Query(name=name, type=RecordType(kind))


def replay_of(text: str, folder: Path) -> ReplayResolver:
    path = folder / "dns.json"
    path.write_text(text, encoding="utf-8")
    return read_recording(path)


def ask(resolver: RecordingResolver | ReplayResolver, *queries: Query) -> list[Answer]:
    async def run() -> list[Answer]:
        return [await resolver.resolve(query) for query in queries]

    return asyncio.run(run())


QUERIES = [
    query("living.example"),
    query("living.example", "TXT"),
    query("living.example", "AAAA"),
    query("gone.example"),
    query("broken.example"),
]


def test_a_replay_gives_the_answers_that_were_recorded(tmp_path: Path) -> None:
    recorder = RecordingResolver(ZoneResolver(ZONE))
    recorded = ask(recorder, *QUERIES)
    replayed = ask(replay_of(recorder.recording(Trust.TRUSTED), tmp_path), *QUERIES)
    assert replayed == recorded
    assert [answer.status for answer in replayed] == [
        AnswerStatus.FOUND,
        AnswerStatus.FOUND,
        AnswerStatus.NODATA,
        AnswerStatus.NXDOMAIN,
        AnswerStatus.TEMPERROR,
    ]


def test_bytes_that_are_no_characters_survive(tmp_path: Path) -> None:
    recorder = RecordingResolver(ZoneResolver(ZONE))
    ask(recorder, query("living.example", "TXT"))
    text = recorder.recording(None)
    assert text.isascii()
    (answer,) = ask(replay_of(text, tmp_path), query("living.example", "TXT"))
    assert answer.texts == ('日本語 \udce9\udcff \\ "', "")


@given(texts=st.lists(st.text(st.characters(exclude_categories=[]), max_size=20), min_size=1, max_size=4))
def test_any_text_survives(texts: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    recorder = RecordingResolver(ZoneResolver({"x.example": {"TXT": texts}}))
    ask(recorder, query("x.example", "TXT"))
    replayed = replay_of(recorder.recording(None), tmp_path_factory.getbasetemp())
    assert ask(replayed, query("x.example", "TXT"))[0].texts == tuple(texts)


@pytest.mark.parametrize("trust", list(Trust))
def test_a_whole_run_is_repeated_with_its_trust(trust: Trust, rules: RuleBook, tmp_path: Path) -> None:
    zone = ZONE if trust is Trust.TRUSTED else {}
    recorder = RecordingResolver(ZoneResolver(zone))
    live = asyncio.run(gather_facts(DOMAINS, recorder, rules))
    replayed = replay_of(recorder.recording(trust), tmp_path)
    assert replayed.trust is trust
    again = asyncio.run(gather_facts(DOMAINS, replayed, rules))
    assert {name: facts.route for name, facts in again.items()} == {
        name: facts.route for name, facts in live.items()
    }
    if trust is Trust.TRUSTED:
        assert again == live


def test_a_question_that_was_not_recorded_is_a_temporary_error(tmp_path: Path) -> None:
    recorder = RecordingResolver(ZoneResolver(ZONE))
    ask(recorder, query("living.example"))
    replayed = replay_of(recorder.recording(None), tmp_path)
    (answer,) = ask(replayed, query("living.example", "A"))
    assert (answer.status, answer.trouble) == (AnswerStatus.TEMPERROR, Trouble.NOT_RECORDED)


def test_names_are_compared_without_case_and_final_dot(tmp_path: Path) -> None:
    entry = {"name": "Living.Example.", "type": "MX", "status": "found", "texts": ["0 ."]}
    replayed = replay_of(json.dumps({"schema": SCHEMA, "answers": [entry]}), tmp_path)
    assert ask(replayed, query("living.example")) == [Answer(status=AnswerStatus.FOUND, texts=("0 .",))]
    assert replayed.trust is Trust.TRUSTED


def test_changing_one_record_by_hand_changes_that_answer_only(tmp_path: Path) -> None:
    recorder = RecordingResolver(ZoneResolver(ZONE))
    before = ask(recorder, query("living.example"), query("null.example"))
    text = recorder.recording(None).replace("10 mx.living.example.", "0 .")
    after = ask(replay_of(text, tmp_path), query("living.example"), query("null.example"))
    assert after[0].texts == ("0 .",)
    assert after[1] == before[1]


def test_a_recording_holds_domain_names_and_never_an_address() -> None:
    recorder = RecordingResolver(ZoneResolver(ZONE))
    ask(recorder, *QUERIES)
    assert "@" not in recorder.recording(None)


# --- broken recordings ----------------------------------------------------------------------------

ENTRY = {"name": "a.example", "type": "MX", "status": "found", "texts": ["0 ."], "ttl": 1, "detail": ""}


def document(**changes: object) -> str:
    return json.dumps({"schema": SCHEMA, "answers": [ENTRY], "trust": "trusted", **changes})


def entries(**changes: object) -> str:
    return document(answers=[ENTRY, {**ENTRY, **changes}])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Expecting value"),
        ("{", "Expecting property name"),
        ("[" * 100_000, "recursion"),
        ("[]", '"schema" is not "deliv-dns/1"'),
        ("{}", '"schema" is not "deliv-dns/1"'),
        (document(schema="deliv-dns/2"), '"schema" is not "deliv-dns/1"'),
        (document(answers={}), '"answers" is not a list'),
        (document(answers=None), '"answers" is not a list'),
        (document(answers=["x"]), "answers[0]"),
        (document(trust="perhaps"), "'perhaps' is not a valid Trust"),
        (document(trust=[]), "is not a valid Trust"),
        (entries(type="NAPTR"), "answers[1]: 'NAPTR' is not a valid RecordType"),
        (entries(status="maybe"), "answers[1]: 'maybe' is not a valid AnswerStatus"),
        (entries(texts="0 ."), 'answers[1]: "texts" is not a list of strings'),
        (entries(texts=[1]), 'answers[1]: "texts" is not a list of strings'),
        (document(answers=[{"type": "MX", "status": "found"}]), "answers[0]: 'name'"),
    ],
)
def test_a_broken_recording_names_what_is_wrong(text: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "dns.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecordingError) as caught:
        read_recording(path)
    message = str(caught.value)
    assert message.startswith(f"{path} is no recording that deliv can read (")
    assert reason in message
    assert message.endswith("; nothing was checked")


def test_a_recording_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "dns.json"
    path.write_bytes('{"schema": "日本"}'.encode("cp932"))
    with pytest.raises(RecordingError, match="it is not UTF-8"):
        read_recording(path)


@pytest.mark.parametrize("name", ["gone.json", "."], ids=["missing", "folder"])
def test_a_recording_that_cannot_be_read_says_why(name: str, tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"cannot be read .*; nothing was checked"):
        read_recording(tmp_path / name)
