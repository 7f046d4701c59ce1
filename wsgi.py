"""The composition root: what gunicorn and the flask command load."""

from onboarding import Onboarding
from plnapi.app import create_app
from plnapi.config import Settings

app = create_app(Settings.from_env())
Onboarding().init_app(app)
