"""DNS answers in a file, so that a run can be repeated without a network.

The file is JSON: ``{"schema": "deliv-dns/1", "trust": "trusted", "answers": [{"name", "type",
"status", "texts", "ttl", "detail"}, …]}``. It holds domain names only, never an address.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from deliv.core.canary import Trust
from deliv.core.errors import RecordingError
from deliv.core.question import Answer, AnswerStatus, Query, RecordType, Resolver, Trouble

SCHEMA: Final = "deliv-dns/1"


class RecordingResolver:
    """Passes questions on and remembers the answers."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._answers: dict[Query, Answer] = {}

    async def resolve(self, query: Query) -> Answer:
        """Return what the resolver behind answers."""
        answer = await self._resolver.resolve(query)
        self._answers[query] = answer
        return answer

    def recording(self, trust: Trust | None) -> str:
        """Return the text of a recording; `trust` is what the canary showed."""
        document = {
            "schema": SCHEMA,
            "trust": trust or Trust.TRUSTED,
            "answers": [_encode(query, answer) for query, answer in self._answers.items()],
        }
        return json.dumps(document, ensure_ascii=True, indent=1) + "\n"


class ReplayResolver:
    """Answers from a recording; a question that it does not hold is a temporary error."""

    def __init__(self, answers: Mapping[Query, Answer], trust: Trust) -> None:
        self._answers = dict(answers)
        self.trust = trust
        """What the canary showed when the recording was made."""

    async def resolve(self, query: Query) -> Answer:
        """Return the recorded answer."""
        return self._answers.get(query) or Answer.failed(Trouble.NOT_RECORDED)


def read_recording(path: str | Path) -> ReplayResolver:
    """Return a resolver that replays the file at `path`.

    Raises RecordingError, with the entry at fault, when it is no recording.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        template = "the recording {path} cannot be read ({reason}); nothing was checked"
        raise RecordingError(template, path=path, reason=error.strerror or error) from error
    except UnicodeDecodeError:
        raise _broken(path, "it is not UTF-8") from None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _broken(path, str(error)) from error
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise _broken(path, f'"schema" is not "{SCHEMA}"')
    answers = {}
    entries = document.get("answers")
    if not isinstance(entries, list):
        raise _broken(path, '"answers" is not a list')
    for index, entry in enumerate(entries):
        try:
            query, answer = _decode(entry)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise _broken(path, f"answers[{index}]: {error}") from error
        answers[query] = answer
    try:
        trust = Trust(document.get("trust", Trust.TRUSTED))
    except ValueError as error:
        raise _broken(path, str(error)) from error
    return ReplayResolver(answers, trust)


def _broken(path: str | Path, reason: str) -> RecordingError:
    template = "{path} is no recording that deliv can read ({reason}); nothing was checked"
    return RecordingError(template, path=path, reason=reason)


def _encode(query: Query, answer: Answer) -> dict[str, Any]:
    return {
        "name": query.name,
        "type": query.type,
        "status": answer.status,
        "texts": list(answer.texts),
        "ttl": answer.ttl,
        "detail": answer.detail,
    }


def _decode(entry: Any) -> tuple[Query, Answer]:
    texts = entry.get("texts", [])
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ValueError('"texts" is not a list of strings')
    query = Query(name=str(entry["name"]).lower().rstrip("."), type=RecordType(entry["type"]))
    answer = Answer(
        status=AnswerStatus(entry["status"]),
        texts=tuple(texts),
        ttl=entry.get("ttl"),
        detail=str(entry.get("detail", "")),
    )
    return query, answer
