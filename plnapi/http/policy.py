"""What the client keeps to. Made from the settings at the edge; the client reads nothing else."""

from dataclasses import dataclass

from plnapi.http.addresses import read_pair


@dataclass(frozen=True, slots=True)
class Policy:
    """Limits of every fetch. Times in seconds, sizes in bytes.

    `deadline`: name lookup, connecting, TLS, headers, body and redirects together; waiting for a turn is not counted.
    `max_wait`: how long a fetch waits for a turn at a host before it fails as `host_busy`.
    `loopback`: exact `host:port` pairs that may lead to loopback. `extra_ports`: allowed beside 80 and 443.
    `host_interval`: between two starts at one host; `loopback_interval` the same at this machine, which needs no sparing.
    `stand_ins`: pairs `origin=origin`; what is fetched from the first is asked of the second.
    `contact`: a URL where a site's owner finds out who asks, sent in the user agent.
    """

    deadline: float = 20.0
    max_wire: int = 4 * 2**20
    max_body: int = 8 * 2**20
    max_redirects: int = 3
    extra_ports: frozenset[int] = frozenset()
    loopback: frozenset[str] = frozenset()
    stand_ins: tuple[str, ...] = ()
    contact: str = ""
    concurrency: int = 50
    host_concurrency: int = 2
    host_interval: float = 0.5
    loopback_interval: float = 0.0
    max_wait: float = 30.0

    def __post_init__(self) -> None:
        """Bring the pairs into the form in which they are compared. Raises ValueError for what is not `host:port`."""
        object.__setattr__(self, "loopback", frozenset(read_pair(text) for text in self.loopback))

    def interval(self, loopback: bool) -> float:
        """Seconds between two starts at a host."""
        return self.loopback_interval if loopback else self.host_interval

    @property
    def ports(self) -> frozenset[int]:
        """The ports of public hosts."""
        return self.extra_ports | {80, 443}

    @property
    def user_agent(self) -> str:
        """Who asks, as RFC 9110, section 10.1.5 writes it."""
        return f"plnapi (+{self.contact})" if self.contact else "plnapi"
