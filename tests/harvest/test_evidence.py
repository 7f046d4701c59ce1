"""What evidence says of a post or a follow."""

import pytest

from plnapi.harvest.making import address


@pytest.mark.parametrize(
    ("url", "uri", "shown"),
    [
        ("https://a.example/1", "tag:a.example,2026:1", "https://a.example/1"),
        ("", "https://a.example/?p=1", "https://a.example/?p=1"),
        ("", "javascript:alert(1)", ""),
        ("data:text/html,x", "urn:uuid:1", ""),
    ],
)
def test_evidence_links_only_to_what_a_browser_may_open(url, uri, shown):
    assert address(url, uri) == shown
