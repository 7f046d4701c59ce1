"""The API's reference at /docs: Swagger UI out of its installed package, nothing from elsewhere, and the document itself."""

from importlib.resources import files
from pathlib import Path

from flask import Blueprint, Flask, Response, jsonify, render_template, send_from_directory

from plnapi.web.app import current_app
from plnapi.web.guards import public

blp = Blueprint("docs", __name__)
# Found without importing the package: its __init__ belongs to Django.
SWAGGER = Path(str(files("drf_spectacular_sidecar"))) / "static/drf_spectacular_sidecar/swagger-ui-dist"
SERVED = {"swagger-ui.css", "swagger-ui-bundle.js"}


@blp.get("/docs")
@public
def reference() -> str:
    """The interactive reference."""
    return render_template("web/docs.html")


@blp.get("/docs/files/<name>")
@public
def asset(name: str) -> Response:
    """A file of Swagger UI."""
    return send_from_directory(SWAGGER, name if name in SERVED else "none", max_age=86_400)


@blp.get("/api/v1/openapi.json")
@public
def document() -> Response:
    """The OpenAPI document, as committed in openapi.yaml."""
    return jsonify(current_app().api.spec.to_dict())


def init_app(app: Flask) -> None:
    """Serve the reference."""
    app.register_blueprint(blp)
