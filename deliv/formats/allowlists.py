"""What customers can do so that the shop's mail is let in, provider by provider."""

from collections.abc import Iterable, Iterator

from deliv.core.assessment import Assessment
from deliv.core.placement import Risk
from deliv.core.providers import AllowList, Provider
from deliv.locale import Translate


class CustomerSteps:
    """Gathers the steps of the providers that are met, each once."""

    def __init__(self) -> None:
        self._steps: dict[str, tuple[Provider, AllowList]] = {}

    def add(self, assessment: Assessment) -> None:
        """Note the steps at the provider of an address."""
        if (steps := steps_of(assessment)) is not None and assessment.provider is not None:
            self._steps.setdefault(assessment.provider.id, (assessment.provider, steps))

    def lines(self, translate: Translate, lang: str) -> Iterator[str]:
        """Yield them under their heading; nothing when there are none."""
        if self._steps:
            yield translate("What to tell the customer")
        for provider, steps in self._steps.values():
            yield f"  {provider.names.get(lang)}"
            yield from (f"    {line}" for line in numbered(steps.get(lang)))


def steps_of(assessment: Assessment) -> AllowList | None:
    """Return what this customer can do; None where mail arrives anyway, or cannot arrive at all."""
    return assessment.advice.tell_customer if assessment.risk not in (Risk.LOW, Risk.CERTAIN) else None


def numbered(steps: Iterable[str]) -> Iterator[str]:
    """Yield the steps with their numbers."""
    yield from (f"{number}. {step}" for number, step in enumerate(steps, 1))
