"""The summary in words: below a table, and on standard error beside machine formats."""

from collections.abc import Iterable, Iterator, Sequence

from deliv.core.advicebook import Action
from deliv.core.canary import Trust
from deliv.core.findings import Finding
from deliv.core.likelihood.tally import Counts
from deliv.core.placement import Risk
from deliv.core.report import RunHeader, Summary
from deliv.core.text import Source
from deliv.formats import labels
from deliv.formats.safe import printable, shortened
from deliv.locale import Translate

_STEPS = (Action.FIX_ADDRESS, Action.PHONE_FIRST, Action.SEND_WITH_NOTICE, Action.USE_RELAY)


def summary_lines(summary: Summary, translate: Translate, lang: str) -> Iterator[str]:
    """Yield the summary, line by line."""
    if summary.system is None:
        yield translate("Rows checked: {rows}").format(rows=summary.rows)
    else:
        name = summary.system.names.get(lang)
        yield translate("Rows checked: {rows} ({system})").format(rows=summary.rows, system=name)
    counts = [
        translate("{label}: {count}").format(label=translate(labels.RISK[risk]), count=summary.by_risk[risk])
        for risk in Risk
        if summary.by_risk.get(risk, 0)
    ]
    if counts:
        yield "  " + translate(", ").join(counts)
    steps = [
        translate("{label}: {count}").format(
            label=translate(labels.ACTION[action]), count=summary.by_action[action]
        )
        for action in _STEPS
        if summary.by_action.get(action)
    ]
    if steps:
        yield "  " + translate(", ").join(steps)
    yield from _remarks(summary, translate)
    yield from trust_lines(summary, translate)


def _remarks(summary: Summary, translate: Translate) -> Iterator[str]:
    remarks = (
        (summary.repeated, "rows that repeat an address of an earlier row: {count}"),
        (
            summary.mended,
            "addresses that were mended (spaces, full-width characters, “name <address>”): {count}",
        ),
        (summary.same_order, "lines without an address, which got that of their order's first line: {count}"),
        (summary.skipped, "blank lines skipped at the end: {count}"),
    )
    for count, template in remarks:
        if count:
            yield "  " + translate(template).format(count=count)
    yield from (f"  {line}" for line in stale_lines(summary.stale_rules, translate))


def stale_lines(names: Sequence[str], translate: Translate, *, most: int = 10) -> Iterator[str]:
    """Yield which entries of the rule book nobody has checked for 18 months, at most so many by name."""
    if not names:
        return
    shown = ", ".join(names[:most]) + (", …" if len(names) > most else "")
    template = "rules that nobody has checked for 18 months ({count}): {rules}"
    yield translate(template).format(count=len(names), rules=shown)


def trust_lines(summary: Summary, translate: Translate) -> Iterator[str]:
    """Yield what is wrong with the DNS of this network, if something is."""
    said = list(distrust_lines(summary.resolver.trust, translate))
    yield from said
    if said:
        yield translate("No address was judged by it; what is shown rests on the rule book alone.")


def distrust_lines(trust: Trust | None, translate: Translate) -> Iterator[str]:
    """Yield why the answers of the DNS are not believed, and what to do about it."""
    if trust is not None and trust in labels.DISTRUST:
        yield translate(labels.DISTRUST[trust])
        yield translate("Name a resolver with --nameserver, or use --replay with a recording made elsewhere.")


def source_lines(sources: Iterable[Source], translate: Translate) -> Iterator[str]:
    """Yield where a fact comes from, and when somebody last looked."""
    for source in sources:
        doubt = "" if source.verified else translate(" (not confirmed by a source)")
        yield f"{translate('Source')}: {source.url or source.title} ({source.checked}){doubt}"


def finding_lines(finding: Finding, translate: Translate, lang: str) -> Iterator[str]:
    """Yield how bad it is, what it means, and what can be done."""
    rule = finding.rule
    yield f"[{translate(labels.SEVERITY[rule.severity])}] {rule.message.get(lang)}"
    if rule.remedy:
        yield f"  → {rule.remedy.get(lang)}"


def sender_lines(header: RunHeader, translate: Translate, lang: str) -> Iterator[str]:
    """Yield what is to be said of the shop's sending domain, whoever the customer is."""
    sender = header.sender
    if sender is None:
        return
    state = translate(", ").join(
        translate(word)
        for word in (
            labels.SPF[sender.spf],
            labels.DMARC[sender.dmarc.status],
            labels.REPLIES[sender.route],
        )
    )
    yield translate("Your sending domain {domain}: {state}").format(domain=sender.from_domain, state=state)
    if sender.supposed:
        supposed = ", ".join(f"{name}={value}" for name, value in sender.supposed)
        yield "  " + translate("Judged as if: {supposed}").format(supposed=supposed)
    for finding in header.sender_findings:
        yield from (f"  {line}" for line in finding_lines(finding, translate, lang))
        yield from (f"    {shortened(printable(line))}" for line in finding.evidence)
        yield from (f"    {source}" for source in source_lines(finding.rule.sources, translate))
    if header.sender_findings:
        yield "  " + translate("What to publish: deliv sender {domain}").format(domain=sender.from_domain)
    for rule in header.sender_undecided:
        yield "  " + translate("[not known] {rule}").format(rule=rule.id)


def assumption(translate: Translate) -> str:
    """Return what figures rest on that replies, clicks, opens or reports have moved."""
    return translate(
        "Assumption: customers of all providers who see a mail act on it equally often,"
        " but for the spread that rules/placement.yaml states."
    )


def history_lines(history: Counts | None, translate: Translate, *, assumes: bool = False) -> Iterator[str]:
    """Yield what the shop's own history comes to, what it cannot teach, and on what it rests.

    assumes: whether what customers do has moved a figure.
    """
    if history is None:
        return
    if history.mails or history.seeds:
        template = "Your own history: {mails} mails sent, {bounced} came back, {seeds} test mails"
        yield translate(template).format(
            mails=round(history.mails), bounced=round(history.bounced), seeds=round(history.seeds)
        )
    if history.uncounted:
        template = "Bounces without a count of sent mail: no rate learned ({count})"
        yield translate(template).format(count=round(history.uncounted))
    if assumes:
        yield assumption(translate)
