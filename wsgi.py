"""The composition root: what gunicorn and the flask command load."""

from plnapi.app import create_app
from plnapi.config import Settings

app = create_app(Settings.from_env())
