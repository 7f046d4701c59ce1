"""What is sealed opens with its own key and purpose, and with nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plnapi.crypto import CannotOpen, Sealer

KEY = "a secret for tests, long enough to be one"


@given(st.text())
def test_what_is_sealed_opens_again_and_looks_different_each_time(text):
    sealer = Sealer(KEY, "a")
    assert sealer.open(sealer.seal(text)) == text
    assert sealer.seal(text) != sealer.seal(text)


@pytest.mark.parametrize("other", [Sealer(KEY, "b"), Sealer(KEY + "!", "a")])
def test_another_purpose_or_key_does_not_open_it(other):
    with pytest.raises(CannotOpen):
        other.open(Sealer(KEY, "a").seal("secret"))


def test_a_changed_text_does_not_open():
    sealer = Sealer(KEY, "a")
    sealed = sealer.seal("secret")
    middle = len(sealed) // 2
    changed = sealed[:middle] + ("A" if sealed[middle] != "A" else "B") + sealed[middle + 1 :]
    for text in (changed, sealed[:-4], "", "secret", "ü"):
        with pytest.raises(CannotOpen):
            sealer.open(text)
