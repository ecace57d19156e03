"""The report on the shop's side as JSON: the document ``deliv-sender/1``."""

from typing import Any, Final

from deliv.core.auth.aggregate import ReportedMail, Tally
from deliv.core.auth.spf_audit import SpfNode
from deliv.core.auth.spf_check import SpfResult, SpfStep
from deliv.core.facts import MessageFacts, SenderFacts, SendingAddress
from deliv.core.facts.message import SpamReport
from deliv.core.senderreport import RankedFix, SenderReport
from deliv.formats.document import dump, finding_document, history_document, resolver_document
from deliv.locale import translator

SCHEMA: Final = "deliv-sender/1"


def sender_json(report: SenderReport, lang: str) -> str:
    """Return the report as one JSON document, a line for each part."""
    customers = report.customers
    parts: dict[str, Any] = {
        "schema": SCHEMA,
        "lang": lang,
        "version": report.version,
        "started_at": report.started_at.isoformat(timespec="seconds"),
        "as_of": report.as_of.isoformat(),
        "rules_digest": report.rules_digest,
        "sender": _sender(report.sender, lang),
        "message": _message(report.message) if report.message else None,
        "spamassassin": _spam(report.spam, lang) if report.spam else None,
        "reports": _reported(report.sender.reported) if report.sender.reported else None,
        "findings": [finding_document(finding, lang) for finding in report.findings],
        "undecided": [rule.id for rule in report.undecided],
        "decided": report.decided,
        "requirements": [_requirement(report, requirement.id, lang) for requirement in report.requirements],
        "customers": customers
        and {
            "rows": customers.rows,
            "by_provider": dict(customers.by_provider),
            "seen": round(customers.seen, 4),
            **({"history": history_document(customers.history)} if customers.history else {}),
        },
        "fixes": [_fix(ranked) for ranked in report.fixes],
        "stale_rules": list(report.stale_rules),
        "resolver": resolver_document(report.resolver),
    }
    return "{" + ",\n".join(f"{dump(key)}:{dump(value)}" for key, value in parts.items()) + "}\n"


def _sender(facts: SenderFacts, lang: str) -> dict[str, Any]:
    dmarc, audit, alias = facts.dmarc, facts.spf_audit, facts.alias
    result = facts.dmarc_result
    return {
        "domain": facts.from_domain,
        "envelope_domain": facts.envelope_domain,
        "reply_domain": facts.reply_domain,
        "route": facts.route,
        "reply_route": facts.reply_route,
        "services": list(facts.services),
        "volume_per_day": facts.volume_per_day,
        "alias": alias.target if alias else None,
        "spf": facts.spf,
        "spf_records": list(audit.records) if audit else [],
        "spf_lookups": audit.lookups if audit else None,
        "spf_tree": [_node(node) for node in (audit.tree if audit else ())],
        "spf_problems": [
            {"kind": problem.kind, "term": problem.term, "domain": problem.domain}
            for problem in (audit.problems if audit else ())
        ],
        "addresses": [_address(address, lang) for address in facts.addresses],
        "dkim": facts.dkim,
        "keys": [
            {
                "selector": key.selector,
                "domain": key.domain,
                "status": key.status,
                "type": key.key.key_type if key.key else None,
                "bits": key.key.bits if key.key else None,
            }
            for key in facts.keys
        ],
        "signatures": None
        if facts.signatures is None
        else [
            {
                "domain": finding.signature.domain,
                "selector": finding.signature.selector,
                "algorithm": finding.signature.algorithm,
                "verdict": finding.verdict,
                "problem": finding.problem,
            }
            for finding in facts.signatures
        ],
        "dmarc": dmarc.status,
        "dmarc_record": str(dmarc.record) if dmarc.record else None,
        "dmarc_found_at": dmarc.found_at,
        "dmarc_policy": dmarc.applied_policy,
        "organizational_domain": dmarc.organizational_domain,
        "dmarc_result": result.result if result else None,
        "dmarc_disposition": result.disposition if result else None,
        "spf_aligned": result.spf_aligned if result else None,
        "dkim_aligned": result.dkim_aligned if result else None,
        "reports": [
            {"uri": report.uri, "tag": report.tag, "domain": report.domain, "status": report.status}
            for report in facts.reports
        ],
        "policies": {policy.kind: policy.state for policy in facts.policies},
        "listings": [
            {
                "list": listing.list.id,
                "subject": listing.subject,
                "status": listing.status,
                "codes": list(listing.codes),
                "terms": listing.list.terms.get(lang),
                "url": listing.list.url,
            }
            for listing in facts.listings
        ],
    }


def _node(node: SpfNode) -> dict[str, Any]:
    return {
        "domain": node.domain,
        "term": node.term,
        "lookups": node.lookups,
        "children": [_node(child) for child in node.children],
    }


def _address(address: SendingAddress, lang: str) -> dict[str, Any]:
    reverse = address.reverse
    return {
        "ip": address.ip,
        "origin": address.origin,
        "service": address.service or None,
        "spf_envelope": _spf(address.envelope, lang),
        "spf_header_from": _spf(address.header_from, lang),
        "reverse": reverse and {"status": reverse.status, "names": list(reverse.names)},
    }


def _spf(result: SpfResult, lang: str) -> dict[str, Any]:
    return {
        "domain": result.domain,
        "result": result.result,
        "explanation": result.explanation,
        "matched": result.matched,
        "lookups": result.lookups,
        "void_lookups": result.void_lookups,
        "problem": result.problem.localized(translator(lang)) if result.problem else None,
        "trace": [_step(step) for step in result.trace],
    }


def _step(step: SpfStep) -> dict[str, Any]:
    return {
        "domain": step.domain,
        "term": step.term,
        "outcome": step.outcome,
        "lookups": step.lookups,
        "steps": [_step(inner) for inner in step.steps],
    }


def _message(message: MessageFacts) -> dict[str, Any]:
    """Return what the mail says, without addresses of people: only the shop's own domains."""
    return {
        "from_domain": message.from_domain,
        "display_name": message.display_name,
        "reply_to_domain": message.reply_to_domain,
        "return_path_domain": message.return_path_domain,
        "client_ip": message.client_ip,
        "receiver": message.receiver,
        "authentication": [
            {
                "method": result.method,
                "result": result.result,
                # Bounce addresses often carry the customer's.
                "properties": {name: value.rpartition("@")[2] for name, value in result.properties},
            }
            for result in message.authentication
        ],
        "body": message.body,
        "charset": message.charset,
        "size": message.size,
        "url_hosts": list(message.url_hosts),
        "recipients": message.recipients,
    }


def _spam(spam: SpamReport, lang: str) -> dict[str, Any]:
    return {
        "score": spam.score,
        "threshold": spam.threshold,
        "rules": [{"name": rule.name, "score": rule.score} for rule in spam.rules],
        "failure": spam.failure.localized(translator(lang)) if spam.failure else None,
    }


def _reported(reported: ReportedMail) -> dict[str, Any]:
    """Return what receivers report of the shop's mail."""
    return {
        **_tally(reported.tally),
        "receivers": [
            {
                "receiver": each.receiver,
                "reports": each.reports,
                "begin": each.begin.isoformat(),
                "end": each.end.isoformat(),
                **_tally(each.tally),
                "failing": [
                    {"ip": source.ip, "mails": source.mails, "passed_for": list(source.names)}
                    for source in each.failing
                ],
            }
            for each in reported.receivers
        ],
        "other_domains": list(reported.other_domains),
        "repeated": reported.repeated,
        "unreadable": len(reported.unreadable),
    }


def _tally(tally: Tally) -> dict[str, int]:
    return {
        "mails": tally.mails,
        "dmarc_pass": tally.passed,
        "dkim_pass": tally.dkim,
        "spf_pass": tally.spf,
        "refused": tally.refused,
    }


def _requirement(report: SenderReport, requirement_id: str, lang: str) -> dict[str, Any]:
    requirement = next(r for r in report.requirements if r.id == requirement_id)
    providers = {}
    for column in report.compliance:
        state = column.get(requirement_id)
        if state is not None:
            providers[column.provider.id] = {
                "compliance": state.compliance,
                "applies": state.applies,
                "bulk_only": state.demand.is_for_bulk,
                "consequence": state.demand.consequence,
                "verified": state.demand.is_verified,
                "source": [source.url or source.title for source in state.demand.sources],
            }
    return {"id": requirement.id, "name": requirement.names.get(lang), "providers": providers}


def _fix(ranked: RankedFix) -> dict[str, Any]:
    fix = ranked.fix
    return {
        "kind": fix.kind,
        "changes": [
            {
                "name": change.name,
                "type": change.type,
                "delete": list(change.before),
                "publish": list(change.after),
            }
            for change in fix.changes
        ],
        "signs_as": fix.signs_as or None,
        "published_by": fix.owner or None,
        "left_out": list(fix.left_out),
        "mends": [rule.id for rule in ranked.mends],
        "leaves": [rule.id for rule in ranked.leaves],
        "saved": None if ranked.saved is None else round(ranked.saved, 4),
        "lookups": ranked.lookups,
    }
