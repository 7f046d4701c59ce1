"""Clients for tests. Each holds every answer of the API against the OpenAPI document."""

import json
import re
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar

import yaml
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from werkzeug.test import TestResponse

from plnapi.web.app import App

METHODS = ("get", "post", "put", "patch", "delete")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


class Document:
    """The OpenAPI document as a judge of answers; remembers which operations were asked."""

    current: ClassVar["Document | None"] = None
    _reading: ClassVar[Lock] = Lock()

    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec = json.loads(json.dumps(spec))
        self.touched: set[tuple[str, str]] = set()
        self._validators: dict[str, Draft202012Validator] = {}
        resource = Resource.from_contents(self.spec, default_specification=DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource("urn:plnapi", resource)

    @classmethod
    def of(cls, app: App) -> "Document":
        """The committed document when there is one, else the one that the app makes.

        Reading it takes a second of the processor. Were each of fifty threads to do so at once, a request among them
        that holds the database would get none of it, and the others would wait longer than they may.
        """
        with cls._reading:
            if cls.current is None:
                committed = Path(__file__).parents[1] / "openapi.yaml"
                text = committed.read_text(encoding="utf-8") if committed.exists() else ""
                cls.current = cls(yaml.load(text, LOADER) if text else app.api.spec.to_dict())
            return cls.current

    @staticmethod
    def operations(path: Path) -> list[tuple[str, str]]:
        """(METHOD, path) of every operation in a committed document."""
        spec = yaml.safe_load(path.read_text(encoding="utf-8"))
        return [(m.upper(), p) for p, item in spec["paths"].items() for m in METHODS if m in item]

    def check(self, rule: str, method: str, response: TestResponse) -> None:
        """Raise AssertionError when the answer is not as documented."""
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule)
        operation = self.spec["paths"].get(path, {}).get(method.lower())
        assert operation is not None, f"{method} {path} is not in the document"
        self.touched.add((method, path))
        responses = operation["responses"]
        status = str(response.status_code)
        name = status if status in responses else "default"
        assert name in responses, f"{method} {path} answered {status}, which is not documented"
        if status in {"204", "304"}:
            assert not response.data
            return
        pointer = f"#/paths/{_escape(path)}/{method.lower()}/responses/{name}"
        declared = self._resolve(responses[name])
        content = declared.get("content", {})
        assert response.mimetype in content, f"{method} {path} {status}: {response.mimetype} not in {list(content)}"
        if "schema" in content[response.mimetype] and response.mimetype.endswith("json"):
            self._validate(pointer, content[response.mimetype]["schema"], response)

    def _resolve(self, node: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in node:
            target: Any = self.spec
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def _validate(self, key: str, schema: dict[str, Any], response: TestResponse) -> None:
        if key not in self._validators:
            absolute = json.loads(json.dumps(schema).replace('"#/', '"urn:plnapi#/'))
            self._validators[key] = Draft202012Validator(
                absolute, registry=self._registry, format_checker=Draft202012Validator.FORMAT_CHECKER
            )
        errors = [f"{e.json_path}: {e.message}" for e in self._validators[key].iter_errors(response.json)]
        assert not errors, f"{key}: {errors[:3]}\n{response.text[:600]}"


class CheckedClient(FlaskClient):
    """A test client; every answer under /api/v1 must fit the document."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """As the base class."""
        response = super().open(*args, **kwargs)
        app: App = self.application  # type: ignore[assignment]
        path = response.request.path
        assert response.status_code != 500, f"{response.request.method} {path}: see the log above"
        if path.startswith("/api/v1/") and not path.endswith("openapi.json"):
            adapter = app.url_map.bind("")
            try:
                rule, _ = adapter.match(path, method=response.request.method, return_rule=True)
            except Exception:  # no such path or method: nothing is documented for it
                return response
            Document.of(app).check(rule.rule, response.request.method, response)
        return response


class BrowserClient(CheckedClient):
    """A browser without JavaScript: keeps cookies, sends forms with the CSRF field of the page that it is on."""

    def submit(self, url: str, data: dict[str, Any], *, page: str | None = None) -> TestResponse:
        """POST a form to `url` as the form on `page` (default: `url`) would."""
        shown = self.get(page or url, headers={"Accept": "text/html"})
        if not CSRF.search(shown.text):
            shown = self.get("/sign-in", headers={"Accept": "text/html"})
        found = CSRF.search(shown.text)
        assert found, f"no form on {page or url}: {shown.status_code}"
        headers = {"Accept": "text/html", "Referer": "http://localhost/"}
        return self.post(url, data={**data, "csrf_token": found[1]}, headers=headers)


def _escape(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")
