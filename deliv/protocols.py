"""The protocols of mail authentication, asked through a resolver, one question after the other.

These are the protocols as the RFCs have them: what the resolver answers is believed as it is. A
run over a list, or an audit of a sender, believes its resolver only after the canary.
"""

import time
from typing import Final

from deliv.core.auth import dmarc, dmarc_result, spf_check
from deliv.core.auth.dmarc import DmarcDiscovery
from deliv.core.auth.dmarc_result import DmarcResult
from deliv.core.auth.spf_check import SpfResult
from deliv.core.question import Resolver
from deliv.gather import drive

_NOBODY: Final = "unknown"


async def check_host(
    resolver: Resolver,
    *,
    ip: str,
    mail_from: str,
    helo: str,
    receiver: str = _NOBODY,
    now: float | None = None,
) -> SpfResult:
    """Return what SPF says of a mail: check_host of RFC 7208, section 4.

    ip: address of the client, IPv4 or IPv6. mail_from: sender in MAIL FROM; empty for a bounce,
    which is judged by `helo`. receiver: own host name, for ``%{r}``. now: seconds since 1970, for
    ``%{t}``; the present by default.

    `.result` is a word of section 2.6; `.explanation` the domain's own for a fail, else empty;
    `.lookups` the number of terms that asked the DNS; `.trace` every term that was tried.
    Raises ValueError when `ip` is no IP address; trouble with the DNS is a result.
    """
    moment = int(time.time() if now is None else now)
    asking = spf_check.check_spf(ip=ip, mail_from=mail_from, helo=helo, receiver=receiver, now=moment)
    return await drive(asking, resolver)


async def discover_dmarc(resolver: Resolver, domain: str) -> DmarcDiscovery:
    """Return which DMARC record holds for an author domain (RFC 9989, section 4.10)."""
    return await drive(dmarc.discover_dmarc(domain), resolver)


async def evaluate_dmarc(
    resolver: Resolver,
    *,
    from_domain: str,
    spf: str | None = None,
    dkim: tuple[str, ...] = (),
    temperror: bool = False,
) -> DmarcResult:
    """Return what DMARC makes of a mail (RFC 9989, section 5).

    from_domain: domain of the header-From address. spf: the envelope domain, if SPF passed for
    it. dkim: the ``d=`` domains of the signatures that verified. temperror: whether one of them
    could not be checked.
    """
    asking = dmarc_result.evaluate_dmarc(from_domain=from_domain, spf=spf, dkim=dkim, temperror=temperror)
    return await drive(asking, resolver)
