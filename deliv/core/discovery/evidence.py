"""What was asked about the shop and answered, each line beside the facts that it shows."""

from collections.abc import Iterable, Iterator

from deliv.core.facts import SPF_FACTS, Evidence, SenderFacts, SendingAddress

_DKIM_FACTS = (
    "sender.dkim",
    "sender.dkim_key",
    "sender.dkim_short",
    "sender.dkim_testing",
    "sender.dkim_aligned",
)
_DMARC_FACTS = (
    *("sender.dmarc", "sender.dmarc_policy", "sender.dmarc_result", "sender.dmarc_testing"),
    *("sender.dmarc_obsolete", "sender.dmarc_no_policy"),
)


def sender_evidence(facts: SenderFacts, route: Iterable[str]) -> Evidence:
    """Return pairs of a fact's name and a line that shows it; `route` shows where mail can go."""
    return (
        *_beside(("sender.route",), route),
        *_beside(SPF_FACTS, facts.spf_audit.evidence if facts.spf_audit else ()),
        *(pair for address in facts.addresses for pair in _address(address)),
        *_beside(_DMARC_FACTS, facts.dmarc.evidence),
        *_beside(_DKIM_FACTS, _dkim(facts)),
        *_beside(("sender.dkim_search",), _search(facts)),
        *_beside(("sender.dmarc_reports",), (line for report in facts.reports for line in report.evidence)),
        *_beside(("sender.listed",), (line for listing in facts.listings for line in listing.evidence)),
        *_beside(("sender.alias",), facts.alias.evidence if facts.alias else ()),
        *_beside(("sender.dmarc_dangling",), facts.dmarc_alias.evidence if facts.dmarc_alias else ()),
        *_beside(("sender.wildcard",), facts.wildcard.evidence if facts.wildcard else ()),
        *((f"sender.{policy.kind}", line) for policy in facts.policies for line in policy.evidence),
    )


def _beside(names: Iterable[str], lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    names = tuple(names)
    return ((name, line) for line in lines for name in names)


def _address(address: SendingAddress) -> Iterator[tuple[str, str]]:
    for names, result in (
        (("sender.spf_envelope", "sender.spf_aligned"), address.envelope),
        (("sender.spf_header_from",), address.header_from),
    ):
        yield from _beside(names, [f"{address.ip}: SPF {result.result} ({result.domain})"])
    yield from _beside(("sender.reverse",), address.reverse.evidence if address.reverse else ())


def _dkim(facts: SenderFacts) -> Iterator[str]:
    for finding in facts.signatures or ():
        yield f"d={finding.signature.domain} s={finding.signature.selector}: {finding.verdict}"
        yield from finding.evidence
    for key in facts.keys:
        if key.key is not None or not facts.keys_are_guesses:
            yield from key.evidence


def _search(facts: SenderFacts) -> Iterator[str]:
    """Yield where a key was looked for, since nobody named a selector."""
    if facts.keys and facts.keys_are_guesses:
        selectors = ", ".join(key.selector for key in facts.keys)
        yield f"*._domainkey.{facts.from_domain} TXT: {selectors}"
