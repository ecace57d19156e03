"""The JSON document ``deliv/1``: its own types, so that no change inside reaches its readers."""

import json
from collections.abc import Iterable
from typing import Any, Final

from deliv.core.assessment import Assessment, Judgement
from deliv.core.findings import Finding
from deliv.core.ladder import PlannedStep
from deliv.core.likelihood.levels import PastBounce
from deliv.core.likelihood.tally import Counts
from deliv.core.ordercontext import OrderContext
from deliv.core.report import ResolverReport, RunHeader, Summary
from deliv.core.rules import Reason, Rule
from deliv.formats import labels
from deliv.formats.explanation import explanation_document
from deliv.formats.kept import Kept
from deliv.formats.safe import encodable
from deliv.locale import translator

SCHEMA: Final = "deliv/1"


def dump(value: object) -> str:
    """Return `value` as JSON on one line, which UTF-8 can hold."""
    return encodable(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def header_document(header: RunHeader, lang: str) -> dict[str, Any]:
    """Return the part of the document that stands before the results."""
    return {
        "schema": SCHEMA,
        "lang": lang,
        "version": header.version,
        "started_at": header.started_at.isoformat(timespec="seconds"),
        "as_of": header.as_of.isoformat(),
        "rules_digest": header.rules_digest,
        "sender": _sender(header, lang),
        "system": header.system.id if header.system else None,
        **({"history": history_document(header.history)} if header.history else {}),
    }


def _sender(header: RunHeader, lang: str) -> dict[str, Any] | None:
    sender = header.sender
    if sender is None:
        return None
    dmarc = sender.dmarc
    return {
        "domain": sender.from_domain,
        "route": sender.route,
        "spf": sender.spf,
        "spf_record": str(sender.spf_record) if sender.spf_record else None,
        "dmarc": dmarc.status,
        "dmarc_record": str(dmarc.record) if dmarc.record else None,
        "dmarc_found_at": dmarc.found_at,
        "dmarc_policy": dmarc.applied_policy,
        "organizational_domain": dmarc.organizational_domain,
        "findings": [finding_document(finding, lang) for finding in header.sender_findings],
        "undecided": _ids(header.sender_undecided),
        **({"what_if": dict(sender.supposed)} if sender.supposed else {}),
    }


def finding_document(finding: Finding, lang: str) -> dict[str, Any]:
    """Return one finding."""
    rule = finding.rule
    return {
        "rule": rule.id,
        "severity": rule.severity,
        "message": rule.message.get(lang),
        "evidence": list(finding.evidence),
        "source": [source.url or source.title for source in rule.sources],
        "verified": any(source.verified for source in rule.sources),
        "remedy": rule.remedy.get(lang) if rule.remedy else None,
    }


def _ids(rules: Iterable[Rule]) -> list[str]:
    return [rule.id for rule in rules]


def _row(assessment: Assessment) -> dict[str, Any]:
    return {
        "row": assessment.row,
        "line": assessment.line,
        "address": assessment.address,
        "normalized": assessment.normalized,
        "mends": list(assessment.mends),
        "reasons": list(assessment.reasons),
    }


def _judgement(judgement: Judgement, lang: str) -> dict[str, Any]:
    provider, placement, advice = judgement.provider, judgement.placement, judgement.advice
    steps = advice.tell_customer
    return {
        "result": judgement.result,
        "risk": judgement.risk,
        "provider": provider and {"id": provider.id, "name": provider.names.get(lang), "kind": provider.kind},
        "did_you_mean": judgement.facts.did_you_mean if judgement.facts else None,
        "placement": placement
        and {
            "inbox": round(placement.inbox, 4),
            "spam": round(placement.spam, 4),
            "missing": round(placement.missing, 4),
            "inbox_low": round(placement.inbox_low, 4),
            "inbox_high": round(placement.inbox_high, 4),
            "basis": placement.basis,
            "observations": placement.observations,
        },
        **({"past_bounce": past_bounce_document(bounce, lang)} if (bounce := judgement.past_bounce) else {}),
        **({"explanation": explanation} if (explanation := explanation_document(placement)) else {}),
        "findings": [finding_document(finding, lang) for finding in judgement.findings]
        + _fault(judgement, lang),
        "undecided": _ids(judgement.undecided),
        "advice": {
            "action": advice.action,
            "due": advice.due.isoformat() if advice.due else None,
            "phone_window": advice.phone_window or None,
            "text": advice.text.get(lang),
            "say": advice.say.get(lang) if advice.say else None,
            "tell_customer": list(steps.get(lang)) if steps else [],
            "steps": [step_document(step) for step in advice.steps],
        },
    }


def past_bounce_document(bounce: PastBounce, lang: str) -> dict[str, Any]:
    """Return the mail to the address that came back."""
    return {
        "day": bounce.day.isoformat(),
        "for_good": bounce.is_for_good,
        "message": labels.past_bounce_sentence(bounce, translator(lang), lang),
    }


def history_document(history: Counts) -> dict[str, int]:
    """Return what the shop's history comes to."""
    return {
        "mails": round(history.mails),
        "bounced": round(history.bounced),
        "test_mails": round(history.seeds),
        "bounces_without_count": round(history.uncounted),
    }


def step_document(planned: PlannedStep) -> dict[str, Any]:
    """Return a step with its day."""
    return {"do": planned.step.do, "due": planned.due.isoformat()}


def order_document(order: OrderContext) -> dict[str, Any]:
    """Return what is known of an order; the buyer's name stays out."""
    number = next(iter(order.phones), None)
    amount = order.amount
    return {
        "order_id": order.order_id or None,
        "ordered_at": str(order.ordered_at) if order.ordered_at else None,
        "amount": None if amount is None else int(amount) if amount == int(amount) else float(amount),
        "gift": order.gift,
        "phone": number and {"number": number.national, "e164": number.e164, "mobile": number.is_mobile},
        "can_sms": any(phone.is_mobile for phone in order.phones),
        "need_by": order.need_by.isoformat() if order.need_by else None,
        "note": order.note or None,
        "mailed_at": str(order.mailed_at) if order.mailed_at else None,
        "replied_at": str(order.replied_at) if order.replied_at else None,
    }


def _fault(judgement: Judgement, lang: str) -> list[dict[str, Any]]:
    """Return what is wrong with a text that is no address, in the form of a finding."""
    if judgement.fault is None:
        return []
    return [
        {
            "rule": Reason.FAILED_SYNTAX_CHECK,
            "severity": "high",
            "message": judgement.fault.localized(translator(lang)),
            "evidence": [],
            "source": ["https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2"],
            "verified": True,
            "remedy": None,
        }
    ]


class ResultDumper:
    """Turns results into JSON; rows that share a judgement share the text of that part."""

    def __init__(self, lang: str) -> None:
        self._kept = Kept(lambda judgement: dump(_judgement(judgement, lang))[1:])

    def dump(self, assessment: Assessment) -> str:
        """Return one result on one line."""
        order = assessment.order
        end = dump({"order": order_document(order) if order else None})[1:]
        return f"{dump(_row(assessment))[:-1]},{self._kept.get(assessment.judgement)[:-1]},{end}"


def summary_document(summary: Summary) -> dict[str, Any]:
    """Return the counts."""
    return {
        "rows": summary.rows,
        "by_result": dict(summary.by_result),
        "by_risk": dict(summary.by_risk),
        "by_provider": dict(summary.by_provider),
        "by_action": dict(summary.by_action),
        "skipped": summary.skipped,
        "mended": summary.mended,
        "same_order": summary.same_order,
        "repeated": summary.repeated,
        "unknown": summary.unknown,
        "stale_rules": list(summary.stale_rules),
    }


def resolver_document(resolver: ResolverReport) -> dict[str, Any]:
    """Return how the DNS behaved."""
    return {
        "trusted": resolver.trusted,
        "trust": resolver.trust,
        "queries": resolver.queries,
        "cached": resolver.cached,
    }
