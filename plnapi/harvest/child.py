"""The process in which strangers' documents are parsed; `sandbox.py` runs this file as a script.

It gets requests on standard input and answers on standard output, each a pickle after its length (8 bytes). It begins
without any environment but the path to plnapi, and once its modules are loaded it can open neither file nor socket.
"""

import contextlib
import encodings
import importlib
import math
import pickle
import pkgutil
import resource
import struct
import sys
from importlib.machinery import PathFinder

from plnapi.platforms import PLATFORMS
from plnapi.platforms.blog.rss import parse_feed, read_page
from plnapi.platforms.types import ParseFailed

CPU_SECONDS = 5  # for one document
MEMORY = 2**30  # bytes of address space; a child that has loaded everything uses a tenth of it
TOO_COMPLEX = ("failed", "feed_too_complex", "The document is too large or too complex to be read.")
READY = b"plnapi\r\n"  # said once, when everything is loaded
WARM_UP = (
    b'<rss version="2.0"><channel><title>t</title><item><title>&eacute;</title>'
    b"<pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate></item></channel></rss>"
)


def main() -> None:
    """Answer until the other side closes the pipe."""
    _load_everything()
    _limit()
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    answers.write(READY)
    answers.flush()
    while header := requests.read(8):
        _allow_cpu()
        answer = _answer(requests.read(struct.unpack(">Q", header)[0]))
        answers.write(struct.pack(">Q", len(answer)) + answer)
        answers.flush()


def _load_everything() -> None:
    """Import what parsing may need: a codec or a parser that is found only at first use could not be opened later."""
    for module in pkgutil.iter_modules(encodings.__path__):
        with contextlib.suppress(ImportError):  # some exist on Windows only
            importlib.import_module(f"encodings.{module.name}")
    assert PLATFORMS
    parse_feed(WARM_UP, "text/xml; charset=iso-8859-1", "http://localhost/")
    read_page(b"<html><a href='/' rel=me>x</a>", "text/html", "http://localhost/")


def _limit() -> None:
    """No module is looked for on disk any more: feedparser tries optional ones each time, and a look into a folder that
    has changed since would need a file descriptor."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not PathFinder]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


def _allow_cpu() -> None:
    """The limit is of the whole life of a process, so each document moves it on."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(usage.ru_utime + usage.ru_stime) + CPU_SECONDS, hard))


def _answer(request: bytes) -> bytes:
    """A pickle of `("ok", value)`, `("failed", code, sentence)` or, for a request that is not understood,
    `("broken", sentence)`: the other side is of another version."""
    try:
        function, args = pickle.loads(request)  # noqa: S301 # written by our own process
    except Exception as error:  # whatever a mismatch of versions comes to
        return pickle.dumps(("broken", f"{type(error).__name__}: {error}"))
    try:
        return pickle.dumps(("ok", function(*args)))
    except ParseFailed as error:
        return pickle.dumps(("failed", error.code, str(error)))
    except (MemoryError, RecursionError):
        return pickle.dumps(TOO_COMPLEX)
    except Exception as error:  # a parser can fail in any way; the child must outlive it
        return pickle.dumps(("failed", "bad_document", f"The document cannot be read ({type(error).__name__})."))


if __name__ == "__main__":
    main()
