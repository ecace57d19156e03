"""The part of the JSON Schema of rule files that is about advice: lines, ladders, words, hours."""

from typing import Final

from deliv.core.advicebook import Action, Remark
from deliv.core.ladder import StepKind
from deliv.core.placement import Risk
from deliv.core.providers import ProviderKind
from deliv.core.rules import Reason
from deliv.sources.schemaparts import Schema, count, flag, mapping, ref, sequence, switchable, text, word

_HOUR: Final = "([01][0-9]|2[0-3]):[0-5][0-9]"
_HOURS: Final = f"^{_HOUR}-{_HOUR}$"
_COUNTRY: Final = "^[A-Z]{2}$"


def advice_document() -> dict[str, Schema]:
    """Return the keys of a rule file that are about advice."""
    return {
        "advice": sequence(ref("advice"), "What to do; the first line that fits is taken."),
        "ladders": sequence(ref("ladder"), "What to do while a customer stays silent, step by step."),
        "texts": sequence(ref("text"), "Words to say and to write, with {placeholders}."),
        "remarks": mapping({each: ref("bilingual") for each in Remark}, description="What is said beside."),
        "avoid": sequence(ref("bilingual"), "What not to say in any call."),
        "avoid_gift": sequence(ref("bilingual"), "What not to say when it may be a gift."),
        "legal_note": mapping(
            {"text": ref("bilingual"), "sources": ref("sources")},
            required=("text", "sources"),
            description="What a refused mail may mean in law.",
        ),
        "phone_window": _hours("When to phone."),
        "calls": _calls(),
        "urgency": _urgency(),
        "year_end": _by_country(
            sequence(text(pattern="^[0-9]{2}-[0-9]{2}/[0-9]{2}-[0-9]{2}$")),
            "By country: days of every year on which shops are closed, such as 12-29/01-03.",
        ),
        "order_words": mapping(
            {
                "gift": _words("In a note: the order is a gift."),
                "no_gift": _words("In a cell about wrapping: there is none."),
                "complaint": _words("In a note to a reply: the customer waits for an answer."),
                "closed": _words("In any note: nobody has to do anything more."),
            },
            description="Words by which texts are understood; they join those that are known.",
        ),
    }


def advice_definitions() -> dict[str, Schema]:
    """Return the definitions that `advice_document` refers to."""
    return {"advice": _advice(), "ladder": switchable(_ladder()), "text": switchable(_text())}


def _advice() -> Schema:
    return mapping(
        {
            "risks": sequence(word(Risk), "For which risks this is.", minItems=1),
            "kinds": sequence(word(ProviderKind), "For which kinds of provider; all when left out."),
            "reasons": sequence(word(Reason), "For which reasons; all when left out."),
            "action": word(Action, "The next step."),
            "ladder": ref("id", "The ladder that it begins."),
            "text": ref("bilingual", "What to do, in words for the shop."),
            "say": ref("bilingual", "What to say to the customer."),
        },
        required=("risks", "action", "ladder", "text"),
    )


def _ladder() -> Schema:
    step = mapping(
        {
            "after": count("Business days after the ladder began."),
            "do": word(StepKind, "What is done."),
            "text": text("Id of the text to say or to write."),
            "sms": text("Id of the SMS for a call that nobody takes."),
            "automatic": flag("Whether the shop system does it by itself.", default=False),
        },
        required=("after", "do"),
    )
    return mapping(
        {"id": ref("id"), "steps": sequence(step, "In the order of their days.")}, required=("id", "steps")
    )


def _text() -> Schema:
    return mapping(
        {
            "id": ref("id"),
            "names": ref("bilingual", "What it is for."),
            "subject": ref("bilingual", "The subject of a mail."),
            "body": ref("bilingual", "The words."),
            "sources": ref("sources"),
        },
        required=("id", "names", "body"),
    )


def _calls() -> Schema:
    return mapping(
        {
            "window": _hours("When to phone, where deliv.yaml says nothing else."),
            "limits": _hours("When nobody is phoned outside; within 09:00-20:00."),
            "lunch": _hours("When nobody is phoned; empty for no pause.", empty=True),
            "minutes": count("How long a call takes.", least=1),
            "quiet": _hours("When no mail is written by hand; empty for never.", empty=True),
            "quiet_kinds": sequence(word(ProviderKind), "To whom not: their phones ring at once."),
        },
        description="When to call; what is left out stays as it is.",
    )


def _urgency() -> Schema:
    return mapping(
        {
            "deadline_days": count("Business days between the call and the day of need."),
            "amounts": _by_country(
                {"type": "number", "minimum": 0}, "From which amount on a call is earlier."
            ),
            "amount_days": count("By how many business days."),
            "give_up_after": count("Business days after which an old order is left alone.", least=1),
        },
        description="What brings a call forward; what is left out stays as it is.",
    )


def _by_country(items: Schema, description: str) -> Schema:
    return {
        "type": "object",
        "propertyNames": {"pattern": _COUNTRY},
        "additionalProperties": items,
        "description": description,
    }


def _hours(description: str, *, empty: bool = False) -> Schema:
    return text(description, pattern=f"^$|{_HOURS}" if empty else _HOURS, examples=["10:00-19:00"])


def _words(description: str) -> Schema:
    return sequence(text(minLength=1), description)
