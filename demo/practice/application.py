"""The web application over a world: all routes, errors as Mastodon words them, rate limits and validators."""

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from demo.practice.activitypub import federation
from demo.practice.api import ApiError, RateLimit, answer, caller
from demo.practice.blogs import blogs
from demo.practice.mastodon import reads
from demo.practice.mastodon_writes import writes
from demo.practice.pages import pages
from demo.practice.records import Invalid, NotAllowed, NotFound
from demo.practice.weather import Weather
from demo.practice.wordpress import rest
from demo.practice.world import World


class Application(Flask):
    """A Flask application that answers each request under the world's lock, so that it sees one moment of it."""

    def __init__(self, world: World, limit: RateLimit) -> None:
        super().__init__("demo.practice", static_folder=None)
        self.world, self.limit, self.weather = world, limit, Weather()
        self.extensions["practice_world"] = world
        self.url_map.strict_slashes = False
        for routes in (reads, writes, federation, pages, blogs, rest):
            self.register_blueprint(routes)
        self.before_request(self.count_request)
        self.after_request(leave_the_date_to_the_server)
        self.after_request(self.finish_api_answer)
        self.register_error_handler(Exception, error_answer)

    def full_dispatch_request(self) -> Response:
        """The whole of one request, one at a time; what the weather answers or delays holds up nobody else."""
        self.weather.change(self.world)
        bad = self.weather.answer(request.path)
        if bad is not None:
            return bad
        with self.world.lock:
            return self.weather.finish(request.path, super().full_dispatch_request())

    def count_request(self) -> None:
        """Raises ApiError 429 beyond the limit."""
        if _is_api():
            self.limit.count(caller())
            if self.limit.used(caller()) > self.limit.limit:
                raise ApiError(429, "Too many requests")

    def finish_api_answer(self, response: Response) -> Response:
        """Rate-limit headers on all answers of the API; a weak ETag, and 304 where it fits, on good ones."""
        if not _is_api():
            return response
        response.headers.extend(self.limit.headers(caller()))
        response.headers.setdefault("Cache-Control", "private, no-store")
        if request.method == "GET" and response.status_code == 200:
            response.add_etag(weak=True)
            response.make_conditional(request)
        return response


def leave_the_date_to_the_server(response: Response) -> Response:
    """Werkzeug's conditional answers carry a Date, and its server sends another: one is enough (RFC 9110, 6.6.1)."""
    response.headers.pop("Date", None)
    return response


def error_answer(error: Exception) -> Response | HTTPException:
    """JSON as Mastodon words it under /api, a plain page elsewhere. Raises what is no known refusal."""
    status, message = _refusal(error)
    if not _is_api():
        return Response(f"<h1>{status}</h1>", status, content_type="text/html; charset=utf-8")
    response = answer({"error": message}, status)
    if status == 401:
        detail = f'error="invalid_token", error_description="{message}"'
        response.headers["WWW-Authenticate"] = f'Bearer realm="Doorkeeper", {detail}'
    return response


def _refusal(error: Exception) -> tuple[int, str]:
    match error:
        case ApiError():
            return error.status, error.message
        case NotFound():
            return 404, "Record not found"
        case NotAllowed():
            return 403, "This action is not allowed"
        case Invalid():
            return 422, str(error)
        case HTTPException(code=int(code)):
            return code, error.name
        case _:
            raise error


def _is_api() -> bool:
    return request.path.startswith("/api/")
