"""The zone beside the expectation: drives discoveries against a dict, without any network.

    facts = ask(discover_recipient("shop.example", book), {"shop.example": {"MX": ["0 ."]}})

`answer`, `ask`, `Zone` and `TEMPERROR` are those of the package, which runs the examples of its own
rule book with them; here stands what only tests need.
"""

from deliv.core.question import Answer, Query, RecordType
from deliv.core.sending import Sending, sending_of
from deliv.core.settings import SenderProfile
from deliv.core.zone import TEMPERROR, Zone, answer, ask


def sending(domain: str) -> Sending:
    """Return how a shop sends that says no more than the domain of its address."""
    return sending_of(SenderProfile(from_address=domain))


class ZoneResolver:
    """The same zone behind the interface of a resolver; remembers what it was asked."""

    def __init__(self, zone: Zone) -> None:
        self.zone = dict(zone)
        self.calls: list[str] = []

    async def resolve(self, query: Query) -> Answer:
        """Return what the zone says."""
        self.calls.append(str(query))
        return answer(self.zone, query)


CANARIES: Zone = {
    domain: {"MX": [f"10 mx.{domain}."], "A": ["192.0.2.10"]}
    for domain in ("gmail.com", "yahoo.co.jp", "docomo.ne.jp", "outlook.com", "icloud.com")
} | {
    f"mx.{domain}": {"A": ["192.0.2.11"]}
    for domain in ("gmail.com", "yahoo.co.jp", "docomo.ne.jp", "outlook.com", "icloud.com")
}
"""What an honest resolver knows, so that the canary believes this zone."""

__all__ = ["CANARIES", "TEMPERROR", "RecordType", "Zone", "ZoneResolver", "answer", "ask", "sending"]
