"""``=~`` against Python's ``re``, on patterns that mean the same in both."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from lithograph.cypher.scalar.strings import matches

ATOMS = st.sampled_from(["a", "b", "A", ".", "[ab]", "[^a]", r"\w", r"\d", r"\s", "1", r"\.", "é"])
PLACES = st.sampled_from(["^", "$", r"\b", r"\A"])  # `re` repeats none of them
QUANTIFIERS = st.sampled_from(["", "", "?", "*", "+", "{2}", "{1,2}", "*?", "+?", "??", "++", "*+"])
OPENINGS = st.sampled_from(["(", "(?:", "(?=", "(?!", "(?>", "(?i:", "(?s:"])


def combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    group = st.builds(lambda opening, body, end: f"{opening}{body}){end}", OPENINGS, inner, QUANTIFIERS)
    return st.one_of(
        group,
        st.lists(inner, min_size=2, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map("|".join),
    )


PATTERNS = st.recursive(st.builds(str.__add__, ATOMS, QUANTIFIERS) | PLACES, combined, max_leaves=6)
TEXTS = st.text("abA1. é", max_size=6)


@given(PATTERNS, TEXTS)
def test_matches_agree(pattern: str, text: str) -> None:
    assert matches(text, pattern) is (re.fullmatch(pattern, text, re.ASCII) is not None)


@given(TEXTS, st.text(max_size=8))
def test_what_is_quoted_matches_itself(text: str, other: str) -> None:
    for quoted in (text, other.replace("\\E", "")):
        assert matches(quoted, f"\\Q{quoted}\\E") is True
    assert matches(other, f"\\Q{text}") is (other == text)
