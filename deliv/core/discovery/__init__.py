"""Which questions tell us about a domain, and what their answers mean.

Everything here is a generator: it yields a `Query`, is sent an `Answer`, and returns facts. It
cannot reach the network.
"""

from deliv.core.discovery.recipient import discover_recipient
from deliv.core.discovery.replies import ReplyAuth, discover_reply_auth
from deliv.core.discovery.route import RouteFinding, discover_route
from deliv.core.discovery.sender import Scope, discover_sender

__all__ = [
    "ReplyAuth",
    "RouteFinding",
    "Scope",
    "discover_recipient",
    "discover_reply_auth",
    "discover_route",
    "discover_sender",
]
