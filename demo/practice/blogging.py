"""The blogs of the practice network, and every change that can happen to them. `World` inherits it."""

import threading
from collections.abc import Iterable
from datetime import datetime

from demo.practice import rules
from demo.practice.records import Blog, Comment, Entry, Invalid, NotFound


class Blogging:
    """Blogs under `base_url` (no slash at its end). All methods may be called from any thread."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.lock = threading.RLock()
        self.blogs: dict[str, Blog] = {}

    def blog(self, name: str) -> Blog:
        """Raises NotFound."""
        if name not in self.blogs:
            raise NotFound(f"no blog {name!r}")
        return self.blogs[name]

    def blog_url(self, name: str) -> str:
        """The address of the blog's front page. Raises NotFound."""
        return f"{self.base_url}/blogs/{self.blog(name).name}/"

    def start_blog(
        self, name: str, title: str, author: str, *, about: str = "", rest: bool = False, at: datetime | None = None
    ) -> Blog:
        """With `rest` it answers WordPress' REST API. Raises Invalid where the name is taken or does not fit an address."""
        with self.lock:
            rules.check_blog_name(name)
            if name in self.blogs:
                raise Invalid(f"the blog name {name!r} has been taken")
            at = rules.moment(at)
            self.blogs[name] = Blog(name, title, author, at, at, about, rest=rest)
            return self.blogs[name]

    def publish(
        self, blog: str, title: str, html: str, *, categories: Iterable[str] = (), at: datetime | None = None
    ) -> Entry:
        """Put an entry on a blog. Raises NotFound."""
        with self.lock:
            target, at = self.blog(blog), rules.moment(at)
            target.numbered = number = target.numbered + 1
            path = f"{at:%Y/%m}/{rules.slug(title)}-{number}/"
            entry = Entry(f"{self.blog_url(blog)}?p={number}", path, title, html, tuple(categories), at, number)
            target.entries.append(entry)
            target.changed_at = max(target.changed_at, at)
            return entry

    def unpublish(self, blog: str, number: int, *, at: datetime | None = None) -> None:
        """Take an entry away, with its comments. Raises NotFound."""
        with self.lock:
            target, gone = self.blog(blog), self.entry(blog, number)
            target.entries.remove(gone)
            target.comments = [comment for comment in target.comments if comment.entry is not gone]
            target.changed_at = max(target.changed_at, rules.moment(at))

    def entry(self, blog: str, number: int) -> Entry:
        """Raises NotFound."""
        for entry in self.blog(blog).entries:
            if entry.number == number:
                return entry
        raise NotFound(f"no entry {number} on {blog!r}")

    def comment(
        self, blog: str, number: int, author: str, text: str, *, author_url: str = "", at: datetime | None = None
    ) -> Comment:
        """A reader comments under an entry; who that is, is what the reader types. Raises NotFound."""
        with self.lock:
            target, entry = self.blog(blog), self.entry(blog, number)
            id = max((comment.id for comment in target.comments), default=0) + 1
            target.comments.append(Comment(id, entry, author, author_url, text, rules.moment(at)))
            return target.comments[-1]

    def set_about(self, blog: str, text: str, *, at: datetime | None = None) -> None:
        """Replace the text about its author on a blog's front page. Raises NotFound."""
        with self.lock:
            target = self.blog(blog)
            target.about = text
            target.changed_at = max(target.changed_at, rules.moment(at))

    def set_rel_me(self, blog: str, addresses: Iterable[str]) -> None:
        """Replace the author's other addresses, linked with rel=me. Raises NotFound."""
        with self.lock:
            self.blog(blog).rel_me = tuple(addresses)
