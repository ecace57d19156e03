"""What receivers see of the shop, row by row: the upper part of the page."""

from collections.abc import Iterable, Iterator
from typing import Final

from rich.cells import cell_len

from deliv.core.auth.dmarc import DmarcStatus
from deliv.core.auth.dmarc_reports import obsolete_tags
from deliv.core.auth.spf_audit import SpfNode
from deliv.core.auth.spf_check import MAX_LOOKUPS
from deliv.core.blocklists import ListingStatus
from deliv.core.facts import Origin, SenderFacts, SendingAddress
from deliv.core.senderreport import SenderReport
from deliv.formats import senderlabels
from deliv.formats.safe import printable
from deliv.locale import Translate

_TITLE: Final = 18  # columns of the left-hand titles


def seen_lines(report: SenderReport, translate: Translate, lang: str) -> Iterator[str]:
    """Yield what is seen of the shop's domain, and of its mail where there is one."""
    rows = _Rows(report, translate, lang)
    yield from rows.of_sender(report.sender)
    yield from rows.of_mail()


class _Rows:
    def __init__(self, report: SenderReport, translate: Translate, lang: str) -> None:
        self._report = report
        self._translate = translate
        self._lang = lang

    def _row(self, title: str, value: str) -> str:
        space = " " * max(1, _TITLE - cell_len(title))
        return f"  {title}{space}{printable(value)}"

    def of_sender(self, facts: SenderFacts) -> Iterator[str]:
        _ = self._translate
        services = _(", ").join(service.names.get(self._lang) for service in self._report.services)
        if services:
            yield self._row(_("Sent through"), services)
        if facts.envelope_domain != facts.from_domain:
            yield self._row(_("Bounces go to"), facts.envelope_domain)
        yield from self._spf(facts)
        yield from self._dkim(facts)
        yield from self._dmarc(facts)
        yield self._row(_("Replies"), f"{facts.reply_domain}: {_(senderlabels.REPLY[facts.reply_route])}")
        for reverse in (address.reverse for address in facts.addresses if address.reverse is not None):
            name = f" ({reverse.matched or reverse.names[0]})" if reverse.names else ""
            yield self._row(
                _("Reverse DNS"), f"{reverse.ip}: {_(senderlabels.REVERSE[reverse.status])}{name}"
            )
        yield from self._around(facts)

    def _around(self, facts: SenderFacts) -> Iterator[str]:
        """Yield what block lists say, and the records beside those that authenticate mail."""
        _ = self._translate
        for state, names in self._listings(facts).items():
            yield self._row(_("Block list"), f"{_(', ').join(names)}: {state}")
        for policy in facts.policies:
            problem = f" ({_(policy.problem)})" if policy.problem else ""
            state = f"{_(senderlabels.RECORD[policy.state])}{problem}"
            yield self._row(senderlabels.POLICY_KIND[policy.kind], state)
        if facts.policies:
            yield self._row("", _("(DNS records only: policy files and logos are not fetched)"))

    def _listings(self, facts: SenderFacts) -> dict[str, list[str]]:
        """Return what block lists say, each with the lists that say so."""
        _ = self._translate
        said: dict[str, list[str]] = {}
        worst_first = list(ListingStatus)
        for listing in sorted(facts.listings, key=lambda listing: worst_first.index(listing.status)):
            why = listing.meanings[0].get(self._lang) if listing.meanings else _(listing.detail)
            state = _(senderlabels.LISTING[listing.status])
            state = f"{state} ({why})" if why else state
            name = f"{listing.subject} ({listing.list.names.get(self._lang)})"
            said.setdefault(state, []).append(name)
        return said

    def _spf(self, facts: SenderFacts) -> Iterator[str]:
        _ = self._translate
        audit = facts.spf_audit
        record = " | ".join(audit.records) if audit is not None else ""
        yield self._row(_("SPF record"), record or _(senderlabels.SPF_RECORD[facts.spf]))
        for address in facts.addresses:
            yield from self._spf_of(address)
        if audit is not None and audit.record is not None:
            count = _("{count} of 10 look-ups").format(count=audit.lookups)
            yield self._row("", count)
            for problem in audit.problems:
                what = _(senderlabels.SPF_PROBLEM[problem.kind])
                yield self._row("", f"{problem.term or problem.domain}: {what}")
            if audit.lookups > MAX_LOOKUPS:
                yield from self._tree(audit.tree, 0)

    def _tree(self, nodes: Iterable[SpfNode], depth: int) -> Iterator[str]:
        """Yield every term that asks the DNS, with the number of look-ups up to it."""
        for node in nodes:
            yield self._row("", f"{'  ' * depth}{node.lookups:3} {node.term}")
            yield from self._tree(node.children, depth + 1)

    def _spf_of(self, address: SendingAddress) -> Iterator[str]:
        _ = self._translate
        origin = _(senderlabels.ORIGIN[address.origin])
        if address.origin is Origin.REPRESENTATIVE:
            service = next((s for s in self._report.services if s.id == address.service), None)
            origin = origin.format(service=service.names.get(self._lang) if service else address.service)
        yield self._row(_("SPF result"), f"{address.ip} ({origin})")
        for title, result in (
            (_("bounce address"), address.envelope),
            (_("sending address"), address.header_from),
        ):
            verdict = _(senderlabels.SPF_VERDICT[result.result])
            why = f": {result.problem.localized(_)}" if result.problem is not None else ""
            yield self._row("", f"{title} ({result.domain}): {verdict}{why}")

    def _dkim(self, facts: SenderFacts) -> Iterator[str]:
        _ = self._translate
        yield self._row("DKIM", _(senderlabels.DKIM[facts.dkim]) if facts.dkim else _("not looked at"))
        for finding in facts.signatures or ():
            verdict = _(senderlabels.SIGNATURE[finding.verdict])
            why = f" ({_(senderlabels.SIGNATURE_PROBLEM[finding.problem])})" if finding.problem else ""
            yield self._row(
                "", f"d={finding.signature.domain} s={finding.signature.selector}: {verdict}{why}"
            )
        for key in facts.keys:
            if not facts.keys_are_guesses or key.key is not None:
                bits = f", {key.key.key_type} {key.key.bits}" if key.key is not None else ""
                yield self._row("", f"{key.name}: {_(senderlabels.KEY[key.status])}{bits}")

    def _dmarc(self, facts: SenderFacts) -> Iterator[str]:
        _ = self._translate
        discovery = facts.dmarc
        state = _(senderlabels.DMARC_RECORD[discovery.status])
        if discovery.record is not None:
            state = f"{discovery.record} (_dmarc.{discovery.found_at})"
        yield self._row("DMARC", state)
        for tag in obsolete_tags(discovery.record) if discovery.record is not None else ():
            yield self._row("", _(tag.template).format(value=tag.value))
        if discovery.applied_policy is not None:
            policy = _(senderlabels.POLICY[discovery.applied_policy])
            yield self._row("", _("policy for this domain: {policy}").format(policy=policy))
        if facts.dmarc_result is not None and discovery.status is DmarcStatus.FOUND:
            yield self._row(
                "",
                _("your mail: {result}").format(
                    result=_(senderlabels.DMARC_RESULT[facts.dmarc_result.result])
                ),
            )
        elif discovery.status is DmarcStatus.FOUND:
            yield self._row("", _("whether your mail passes is not known; --message shows it"))

    def of_mail(self) -> Iterator[str]:
        """Yield what the mail's receiver, and SpamAssassin, thought of it."""
        _, message, spam = self._translate, self._report.message, self._report.spam
        if message is not None and message.authentication:
            results = _(", ").join(f"{result.method}={result.result}" for result in message.authentication)
            yield self._row(_("Receiver says"), f"{message.receiver}: {results}")
        if spam is None:
            return
        if spam.failure is not None:
            yield self._row("SpamAssassin", spam.failure.localized(_))
            return
        score = _("{score} points (spam from {threshold} on)")
        yield self._row("SpamAssassin", score.format(score=spam.score, threshold=spam.threshold))
        for rule in spam.rules:
            points = "" if rule.score is None else f"{rule.score:+.1f} "
            yield self._row("", f"{points}{rule.name} {rule.meaning}".rstrip())
