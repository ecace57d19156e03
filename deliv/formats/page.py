"""One page for each address, for whoever has the customer on the phone."""

from collections.abc import Iterator
from typing import TextIO

from deliv.core.advice import day_text
from deliv.core.assessment import Assessment
from deliv.core.facts import Route
from deliv.core.placement import Risk
from deliv.core.report import RunHeader, Summary
from deliv.core.text import Source
from deliv.formats import agendalabels, labels
from deliv.formats.explanation import explanation_lines
from deliv.formats.safe import printable
from deliv.formats.summary import (
    finding_lines,
    history_lines,
    sender_lines,
    source_lines,
    stale_lines,
    trust_lines,
)
from deliv.locale import translator


class PageWriter:
    """Writes what to do first, then why, then the words for the customer."""

    def __init__(self, file: TextIO, lang: str) -> None:
        self._file = file
        self._lang = lang
        self._translate = translator(lang)
        self._is_first = True
        self._sender: list[str] = []

    def begin(self, header: RunHeader) -> None:
        """Write nothing yet: what to do about the address comes first."""
        self._sender = [
            *sender_lines(header, self._translate, self._lang),
            *history_lines(header.history, self._translate, assumes=header.assumes_engagement),
        ]

    def add(self, assessment: Assessment) -> None:
        """Write one page."""
        if not self._is_first:
            self._file.write("\n")
        self._is_first = False
        for line in self._page(assessment):
            self._file.write(f"{line}\n")

    def end(self, summary: Summary) -> None:
        """Write what is to be said of the sender, whether the DNS can be trusted, and which rules are old."""
        stale = stale_lines(summary.stale_rules, self._translate)
        for line in (*self._sender, *trust_lines(summary, self._translate), *stale):
            self._file.write(f"{line}\n")

    def _page(self, assessment: Assessment) -> Iterator[str]:
        _, lang = self._translate, self._lang
        advice = assessment.advice
        yield printable(advice.text.get(lang))
        yield ""
        yield from self._row(_("Address"), self._address(assessment))
        yield from self._row(_("Verdict"), self._verdict(assessment))
        if assessment.did_you_mean:
            yield from self._row(_("Did you mean"), assessment.did_you_mean)
        yield from self._row(_("Provider"), self._provider(assessment))
        yield from self._row(_("Chance of the inbox"), labels.likelihood(assessment.placement, _))
        if assessment.placement and assessment.placement.note:
            yield f"  {assessment.placement.note.get(lang)}"
            yield from explanation_lines(assessment.placement, _, lang)
        yield from self._dns(assessment)
        for finding in assessment.findings:
            if not finding.rule.is_about_sender:
                yield from finding_lines(finding, _, lang)
                yield from self._sources(finding.rule.sources)
        if assessment.provider and assessment.provider.notice:
            yield ""
            yield _("About this provider")
            yield f"  {assessment.provider.notice.get(lang)}"
            yield from self._sources(assessment.provider.sources[:3])
            template = "  More about it: deliv rules show {provider}"
            yield _(template).format(provider=assessment.provider.id)
        yield from self._plan(assessment)
        yield from self._words_for_customer(assessment)

    def _row(self, title: str, value: str) -> Iterator[str]:
        if value:
            yield f"{title}: {printable(value)}"

    def _address(self, assessment: Assessment) -> str:
        if assessment.mends and assessment.normalized:
            mends = self._translate(", ").join(
                self._translate(labels.MEND[mend]) for mend in assessment.mends
            )
            return f"{assessment.normalized} ({mends})"
        return assessment.normalized or assessment.address

    def _verdict(self, assessment: Assessment) -> str:
        _ = self._translate
        verdict = _(labels.RISK[assessment.risk])
        if assessment.judgement.fault:
            fault = assessment.judgement.fault.localized(_)
            return _("{verdict} ({reasons})").format(verdict=verdict, reasons=fault)
        reasons = labels.reasons(assessment, _, self._lang)
        return _("{verdict} ({reasons})").format(verdict=verdict, reasons=reasons) if reasons else verdict

    def _provider(self, assessment: Assessment) -> str:
        _ = self._translate
        provider = assessment.provider
        if provider is None:
            known = assessment.judgement.facts
            return _("not in the rule book") if known and known.route is not Route.UNKNOWN else ""
        match = assessment.judgement.facts.match if assessment.judgement.facts else None
        unsure = "" if match is None or match.is_verified else _(" (not confirmed by a source)")
        return f"{provider.names.get(self._lang)}{_(', ')}{_(labels.KIND[provider.kind])}{unsure}"

    def _dns(self, assessment: Assessment) -> Iterator[str]:
        facts = assessment.judgement.facts
        lines = [line for _, line in facts.evidence] if facts else []
        if lines:
            yield self._translate("DNS")
            for line in lines:
                yield f"  {printable(line)}"

    def _sources(self, sources: tuple[Source, ...]) -> Iterator[str]:
        yield from (f"  {line}" for line in source_lines(sources, self._translate))

    def _plan(self, assessment: Assessment) -> Iterator[str]:
        """Yield what follows while the customer stays silent, as if the order had come in today."""
        _ = self._translate
        steps = [planned for planned in assessment.advice.steps if not planned.step.is_automatic]
        if not steps:
            return
        yield ""
        yield _("If nothing comes back")
        for planned in steps:
            day = day_text(planned.due).get(self._lang)
            yield "  " + _("{day}: {step}").format(day=day, step=_(agendalabels.STEP[planned.step.do]))

    def _words_for_customer(self, assessment: Assessment) -> Iterator[str]:
        _, advice = self._translate, assessment.advice
        steps = advice.tell_customer if assessment.risk is not Risk.CERTAIN else None
        if advice.say is None and steps is None:
            return
        yield ""
        yield _("What to tell the customer")
        if advice.say is not None:
            yield f"  {_('“')}{printable(advice.say.get(self._lang))}{_('”')}"
        if steps is not None:
            for number, step in enumerate(steps.get(self._lang), 1):
                yield f"  {number}. {printable(step)}"
            if steps.url:
                yield f"  {steps.url}"
