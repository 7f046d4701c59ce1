"""What was made of a version is made once."""

from uuid import UUID

from onboarding.versions import Kept
from plnapi.clock import new_id


def test_a_version_is_read_once_and_only_what_is_missing_is_asked_for() -> None:
    asked: list[list[UUID]] = []

    def read(ids: list[UUID]) -> dict[UUID, str]:
        asked.append(ids)
        return {id_: str(id_) for id_ in ids}

    first, second = sorted((new_id(), new_id()))
    kept = Kept(read)
    assert kept.of([first]) == {first: str(first)}
    assert kept.of([second, first, second]) == {first: str(first), second: str(second)}
    assert kept.of([first, second]).keys() == {first, second}
    assert asked == [[first], [second]]


def test_no_more_than_so_many_are_kept_and_all_that_were_asked_for_are_answered() -> None:
    asked: list[int] = []

    def read(ids: list[UUID]) -> dict[UUID, int]:
        asked.append(len(ids))
        return dict.fromkeys(ids, 1)

    ids = [new_id() for _ in range(5)]
    kept = Kept(read, most=2)
    assert len(kept.of(ids)) == 5
    assert len(kept.of(ids)) == 5
    assert asked == [5, 3]
