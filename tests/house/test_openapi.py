"""openapi.yaml is what the code says, and it is valid."""

import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from plnapi.web.cli import openapi_text
from tests.conftest import ROOT


def test_the_committed_document_is_the_generated_one(shared_app):
    with shared_app.app_context():
        generated = openapi_text()
    committed = (ROOT / "openapi.yaml").read_text(encoding="utf-8")
    assert generated == committed, "run `make openapi` and commit the result"


def test_the_document_is_valid_openapi_3_1():
    document = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_the_document_is_served_as_it_is_committed(client):
    served = client.get("/api/v1/openapi.json").json
    assert served == yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
