"""A worker that is killed while it tells: run as a program with a database's URL and a folder for the instance."""

import os
import sys
import time
from pathlib import Path

from plnapi.app import create_app
from plnapi.config import Settings
from plnapi.outbox import jobs
from plnapi.outbox.tellers import Told, register_teller


def tell(letter):
    """Say which message this is, as if it went to the outside, and never come back."""
    os.write(1, f"{letter.id}\n".encode())
    time.sleep(60)
    return Told("done")


if __name__ == "__main__":
    url, instance = sys.argv[1:]
    app = create_app(Settings(secret_key="x" * 40, database_url=url, instance=Path(instance)))
    app.extensions["plnapi.outbox"] = {}
    register_teller(app, "test", tell, lambda topic: ["a"])
    jobs.run_due(app)
