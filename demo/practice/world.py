"""The state of the practice network, in memory, and every change that can happen to it.

All methods may be called from any thread. Times are aware datetimes; without `at` an act happens at the present
moment. An act in the past gets the id that it would have had then, so that ids and dates sort alike, as on Mastodon.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from demo.practice import markup, rules
from demo.practice.blogging import Blogging
from demo.practice.records import (
    Account,
    Favourite,
    Follow,
    Invalid,
    NotAllowed,
    NotFound,
    ProfileField,
    Status,
    Visibility,
)


class World(Blogging):
    """Everybody and everything on one server, whose address is `base_url` (no slash at its end).

    `boosts_replace_posts`: an account's own listing shows the boosts that others made of its posts in place of the posts,
    as snac2 does.
    """

    def __init__(self, base_url: str) -> None:
        super().__init__(base_url)
        self.domain = urlsplit(base_url).netloc
        self.boosts_replace_posts = False
        self.accounts: dict[str, Account] = {}
        self.statuses: dict[int, Status] = {}
        self.follows: list[Follow] = []
        self.favourites: list[Favourite] = []
        self._last_internal_id = 0
        self._ids: set[int] = set()

    # Finding

    def find(self, username: str) -> Account | None:
        """The account with this username, in any case, or None."""
        return self.accounts.get(username.lower())

    def account(self, username: str) -> Account:
        """Raises NotFound."""
        account = self.find(username)
        if account is None:
            raise NotFound(f"no account {username!r}")
        return account

    def account_by_id(self, account_id: str) -> Account:
        """Raises NotFound."""
        for account in self.accounts.values():
            if str(account.id) == account_id:
                return account
        raise NotFound(f"no account with id {account_id!r}")

    def status(self, status_id: str | int) -> Status:
        """Raises NotFound."""
        status = self.statuses.get(int(status_id)) if str(status_id).isdecimal() else None
        if status is None:
            raise NotFound(f"no status with id {status_id!r}")
        return status

    def handle(self, username: str) -> str:
        """The full handle, `@ada@127.0.0.1:5000`. Raises NotFound."""
        return f"@{self.account(username).username}@{self.domain}"

    def profile_url(self, username: str) -> str:
        """The address of the profile page. Raises NotFound."""
        return f"{self.base_url}/@{self.account(username).username}"

    # Accounts

    def open_account(
        self,
        username: str,
        display_name: str = "",
        *,
        note: str = "",
        fields: Iterable[ProfileField] = (),
        group: bool = False,
        hide_collections: bool = False,
        at: datetime | None = None,
    ) -> Account:
        """Raises Invalid where the name is taken or is none."""
        with self.lock:
            rules.check_username(username)
            if self.find(username):
                raise Invalid("Validation failed: Username has already been taken")
            at, token = rules.moment(at), secrets.token_urlsafe(24)
            account = Account(self._snowflake(at), username, display_name, token, at, note, tuple(fields), group)
            account.hide_collections = hide_collections
            self.accounts[username.lower()] = account
            return account

    def set_note(self, username: str, note: str) -> None:
        """Replace the text of the profile. Raises NotFound."""
        with self.lock:
            self.account(username).note = note

    def set_display_name(self, username: str, display_name: str) -> None:
        """Raises NotFound."""
        with self.lock:
            self.account(username).display_name = display_name

    def set_fields(self, username: str, fields: Iterable[ProfileField]) -> None:
        """Replace the profile's table. Raises NotFound."""
        with self.lock:
            self.account(username).fields = tuple(fields)

    def set_hide_collections(self, username: str, hidden: bool) -> None:
        """Hide from others, or show, whom this account follows and who follows it. Raises NotFound."""
        with self.lock:
            self.account(username).hide_collections = hidden

    # Following

    def follow(self, follower: str, target: str, *, at: datetime | None = None) -> None:
        """Following twice is following once. Raises NotFound, and NotAllowed for following oneself."""
        with self.lock:
            who, whom = self.account(follower), self.account(target)
            if who is whom:
                raise NotAllowed("nobody can follow themselves")
            if not self.is_following(who, whom):
                self.follows.append(Follow(self._internal_id(), who, whom, rules.moment(at)))

    def unfollow(self, follower: str, target: str) -> None:
        """Raises NotFound."""
        with self.lock:
            pair = (self.account(follower), self.account(target))
            self.follows = [follow for follow in self.follows if (follow.follower, follow.target) != pair]

    def join(self, username: str, group: str, *, at: datetime | None = None) -> None:
        """Join a group, which is to follow its actor. Raises NotFound, and Invalid where it is no group."""
        with self.lock:
            if not self.account(group).group:
                raise Invalid(f"{group!r} is not a group")
            self.follow(username, group, at=at)

    def is_following(self, follower: Account, target: Account) -> bool:
        """Whether the one follows the other."""
        return any(follow.follower is follower and follow.target is target for follow in self.follows)

    # Statuses

    def post(
        self,
        username: str,
        text: str,
        *,
        visibility: Visibility = "public",
        in_reply_to_id: str | int | None = None,
        at: datetime | None = None,
    ) -> Status:
        """Write a status. A public one that mentions a group is boosted by it, as a.gup.pe does.

        Raises NotFound, and Invalid for an empty or too long text or an unknown visibility.
        """
        with self.lock:
            rules.check_post(text, visibility)
            account, at = self.account(username), rules.moment(at)
            parent = None if in_reply_to_id is None else self.status(in_reply_to_id)
            status = Status(self._snowflake(at), account, at, text, visibility=visibility)
            status.content = markup.render(text, self.base_url, self.find)
            status.tags, status.mentions = markup.hashtags(text), markup.mentioned(text, self.base_url, self.find)
            if parent:
                status.in_reply_to_id, status.in_reply_to_account = parent.id, parent.account
            self.statuses[status.id] = status
            self._boost_by_groups(status)
            return status

    def boost(self, username: str, status_id: str | int, *, at: datetime | None = None) -> Status:
        """Boost a status and answer the wrapper; boosting twice is boosting once. Raises NotFound, NotAllowed."""
        with self.lock:
            account, found = self.account(username), self.status(status_id)
            original, at = found.reblog or found, rules.moment(at)
            if original.visibility not in ("public", "unlisted"):
                raise NotAllowed("only public posts can be boosted")
            for status in self.statuses.values():
                if status.account is account and status.reblog is original:
                    return status
            wrapper = Status(self._snowflake(at), account, at, visibility=original.visibility, reblog=original)
            self.statuses[wrapper.id] = wrapper
            return wrapper

    def favourite(self, username: str, status_id: str | int, *, at: datetime | None = None) -> Status:
        """Like a status; twice is once. Raises NotFound."""
        with self.lock:
            account, found = self.account(username), self.status(status_id)
            status = found.reblog or found
            if not any(liked.account is account and liked.status is status for liked in self.favourites):
                self.favourites.append(Favourite(self._internal_id(), account, status, rules.moment(at)))
            return status

    def delete_status(self, status_id: str | int) -> Status:
        """Take away a status with its boosts and likes; replies stay and lose their parent. Raises NotFound."""
        with self.lock:
            gone = self.status(status_id)
            self.statuses = {
                key: status for key, status in self.statuses.items() if status is not gone and status.reblog is not gone
            }
            self.favourites = [favourite for favourite in self.favourites if favourite.status is not gone]
            for status in self.statuses.values():
                if status.in_reply_to_id == gone.id:
                    status.in_reply_to_id = None
            return gone

    # Moving away

    def close_account(self, username: str) -> None:
        """Take away an account with all that is its own. Raises NotFound."""
        with self.lock:
            gone = self.accounts.pop(self.account(username).username.lower())
            for status in [one for one in self.statuses.values() if one.account is gone]:
                if status.id in self.statuses:
                    self.delete_status(status.id)
            self.follows = [follow for follow in self.follows if gone not in (follow.follower, follow.target)]
            self.favourites = [favourite for favourite in self.favourites if favourite.account is not gone]

    def move(self, username: str, to: str) -> None:
        """The owner goes on under another account; the old one says so. Raises NotFound."""
        with self.lock:
            self.account(username).moved_to = self.account(to)

    # Inside

    def _boost_by_groups(self, status: Status) -> None:
        if status.visibility == "public":
            for group in (account for account in status.mentions if account.group):
                self.boost(group.username, status.id, at=status.created_at + timedelta(seconds=1))

    def _internal_id(self) -> int:
        self._last_internal_id += 1
        return self._last_internal_id

    def _snowflake(self, at: datetime) -> int:
        """Milliseconds since 1970 in the upper 48 bits and a free number below, as Mastodon's ids."""
        made = int(at.timestamp() * 1000) << 16
        while made in self._ids:
            made += 1
        self._ids.add(made)
        return made
