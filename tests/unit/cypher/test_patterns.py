"""``=~``: Java's regular expressions, and that no match and no pattern holds everybody up."""

from __future__ import annotations

import pytest

from lithograph.cypher.errors import ArgumentError, CypherTypeError, TimedOutError
from lithograph.cypher.parse import parse
from lithograph.cypher.plan.weight import is_heavy
from lithograph.cypher.scalar.patterns import matching
from lithograph.cypher.scalar.patterns.translation import (
    MAXIMUM_DEPTH,
    MAXIMUM_EMPTY_ROUNDS,
    MAXIMUM_LENGTH,
    UNKNOWN,
    translate,
)
from lithograph.cypher.scalar.strings import matches
from lithograph.storage.patience import limited

MATCHING = [
    ("abc", "abc"), ("", ""), ("|a", ""), ("a.c", "abc"), ("a|bc", "bc"), ("(a|b)*", "abba"),
    # repetitions: greedy, reluctant, possessive
    ("a{2}", "aa"), ("a{2,}", "aaaa"), ("a{1,3}?b", "aab"), (".*?b", "aab"), ("a++b", "aab"), ("(?>a+)b", "aab"),
    # flags
    ("(?i)ABC", "abc"), ("(?i)[a-c]+", "ABC"), ("(?i)[X-b]+", "aYx"), ("(?iu)ä", "Ä"), ("(?i:a)b", "Ab"), ("a(?i)b|c", "C"),
    ("(?s).*", "a\nb"), ("(?m)a$\n^b", "a\nb"), ("(?m)^a$", "a"), ("(?x) a b # c", "ab"), ("(?x)[a b]+", "ab"),
    ("(?d).", "\r"), ("(?i)a(?-i)b", "Ab"), ("(?U)\\w+", "äß"), ("(?i)\\p{Lower}", "A"), ("(?i)(a)\\1", "aA"),
    # sets
    ("\\d\\D\\w\\W\\s\\S", "1aa  a"), ("\\h\\v", "\t\n"), ("[a-z&&[^b]]+", "acd"), ("[a-d[m-p]]+", "an"), ("[]a]+", "]a"),
    ("[\\w-]+", "a-b"), ("[a-]+", "a-"), ("[^a-c]", "d"), ("[\\Q^]\\E]+", "^]"), ("[\\d&&[^5]]", "4"), ("[&a]+", "a&"),
    ("\\p{L}+", "aäß"), ("\\pL", "ä"), ("\\P{L}", "1"), ("\\p{Lu}", "Ä"), ("\\p{IsGreek}", "α"), ("\\p{script=Greek}", "α"),
    ("\\p{InGreek}", "α"), ("\\p{IsAlphabetic}", "ä"), ("\\p{Alpha}+", "aZ"), ("\\p{Punct}", "!"), ("\\p{javaLowerCase}", "ä"),
    ("[\\p{L}&&[^\\p{Lu}]]", "ä"),
    # characters
    ("\\Qa.b\\E+", "a.bbb"), ("\\Q(", "("), ("\\t\\n\\x41\\u0042\\x{1F600}\\0101\\cA\\e", "\t\nAB😀A\x01\x1b"), ("\\.\\*\\-\\ä", ".*-ä"),
    ("\\uD83D\\uDE00", "😀"), ("\\N{LATIN SMALL LETTER A}", "a"), ("}]", "}]"), ("a-b~c'd", "a-b~c'd"),
    ("\\R\\R", "\r\n\n"), ("\\X", "e\u0301"),
    # groups, references, what looks around
    ("(?<twice>a|b)\\k<twice>", "bb"), ("(a)(b)\\2\\1", "abba"), ("(a)\\11", "aa1"), ("(?:a)b", "ab"), ("(?=.*\\d).{3}", "ab1"),
    ("(?!b).", "a"), ("a(?<=a)b", "ab"), ("a(?<!b)b", "ab"), ("(?<=a|^)b", "b"),
    # places
    ("^a$", "a"), ("\\Aa\\z", "a"), ("a\\Z", "a"), ("\\ba b\\b", "a b"), ("a\\Bb", "ab"),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "text"), MATCHING)
def test_matches(pattern: str, text: str) -> None:
    assert matches(text, pattern) is True


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("a", "ab"), ("b", "ab"), ("", "a"), ("a$", "a\n"), (".*", "a\nb"), (".", "\u2028"), ("a++a", "aaa"), ("(?>a|ab)c", "abc"),
        ("(?i)ä", "Ä"), ("(?iu)ß", "ss"), ("\\w", "ä"), ("\\d", "٣"), ("[a-z&&[^b]]+", "abd"), ("[^a-c[x]]", "x"), ("\\p{Alpha}", "ä"),
        ("(?i:a)b", "aB"), ("\\Qa.b", "axb"), ("[^\\w&&[^b]]", "a"), ("\\p{Lower}", "A"), ("(a)\\1", "ab"), ("(a|b)\\1", "ab"),
        ("(?:foo){e<=1}", "fob"),
    ],
)  # fmt: skip
def test_does_not_match(pattern: str, text: str) -> None:
    if pattern.endswith("{e<=1}"):  # what the library would take for a fuzzy match
        with pytest.raises(ArgumentError):
            matches(text, pattern)
    else:
        assert matches(text, pattern) is False


@pytest.mark.parametrize(
    ("pattern", "what", "character"),
    [
        ("a**", "nothing for * to repeat", 3), ("*a", "nothing for * to repeat", 1), ("ab(", "a ( without its )", 3),
        ("a)", "a ) without its (", 2), ("ab[c", "a [ without its ]", 3), ("\\p{Foo}", "no property Foo", 1), ("a\\y", "no escape \\y", 2),
        ("x{2,1}", "{2,1} is no number of repetitions", 2), ("x{99999999999}", "no number of repetitions", 2),
        ("(?P<n>a)", "no such kind of group", 1), ("(?R)", "no flag R", 1), ("(a)\\2", "no group 2", 4), ("\\k<n>", "no group called n", 1),
        ("(?<n>a)(?<n>b)", "a second group called n", 8), ("[b-a]", "the range b-a is the wrong way round", 2), ("a\\", "nothing behind it", 2),
        ("a{x}", "nothing for { to repeat", 2), ("[a&&]", "&& with nothing", 1), ("\\x{110000}", "no character", 1), ("\\uD800", "no character", 1),
        ("\\N{NO SUCH}", "no character called NO SUCH", 1), ("(?q)a", "no flag q", 1), ("\\L<words>", "no escape \\L", 1),
        ("(?|a|b)", "no such kind of group", 1), ("(*FAIL)", "nothing for * to repeat", 2), ("\\b{g}", "not supported", 1),
        ("(?:a?){1001}", "repetitions of what may be empty", 7), ("(?:(?:a?){40}){40}", "repetitions of what may be empty", 15),
        ("(" * (MAXIMUM_DEPTH + 1), "groups within", MAXIMUM_DEPTH + 1), ("a" * (MAXIMUM_LENGTH + 1), "characters", MAXIMUM_LENGTH + 1),
    ],
)  # fmt: skip
def test_a_bad_pattern_says_what_and_where(pattern: str, what: str, character: int) -> None:
    with pytest.raises(ArgumentError) as caught:
        matches("a", pattern)
    assert str(caught.value).startswith("=~ got an invalid regular expression: ")
    assert what in str(caught.value)
    assert f"at character {character} of" in str(caught.value)


def test_only_the_pattern_has_to_be_a_string() -> None:
    assert matches(1, "1") is None
    assert matches(None, "1") is None
    assert matches("1", None) is None
    with pytest.raises(CypherTypeError, match="=~ needs a String"):
        matches("1", 1)


def test_what_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "LONGEST_MATCH", 0.05)
    with pytest.raises(ArgumentError, match=r"=~ gave up after 0\.05 seconds of matching 81 characters"):
        matches("a" * 80 + "!", "(a|aa)+")


def test_whoever_waits_is_asked_while_a_match_goes_on() -> None:
    class Impatient:
        def breathe(self, size: int) -> None:
            assert size == 0

        def pause(self) -> None:
            raise TimedOutError("enough")

    with limited(Impatient()), pytest.raises(TimedOutError):
        matches("a" * 80 + "!", "(a|aa)+")


def test_a_long_literal_is_no_long_preparation() -> None:
    """The library takes minutes to prepare one of 10,000 characters in one piece."""
    assert matches("ab" * 8000, "ab" * 8000) is True
    assert matches("a" * 5000, "[a]" * 5000) is True


@pytest.mark.parametrize(
    ("pattern", "choices", "degree"),
    [("abc", 1, 0), ("a*", 1, 1), (".*a.*", 1, 2), ("a?b?", 4, 0), ("(a|b)(c|d|e)", 6, 0), ("(ab){3}", 1, 0),
     ("(a*)*", 1, UNKNOWN), ("(a|b)+", 1, UNKNOWN), ("(?:a{2}){3}", 1, 0), ("(?=a)*b", 1, UNKNOWN), ("(a)\\1", 1, 1)],
)  # fmt: skip
def test_steps_are_estimated(pattern: str, choices: int, degree: int) -> None:
    found = translate(pattern)
    assert (found.choices, found.degree) == (choices, degree)


def test_only_groups_that_are_referred_to_are_captured() -> None:
    assert translate("(a)(b)\\2").pattern == "(?:a)(?P<g2>b)(?:(?P=g2))"


def test_empty_rounds_are_counted_as_they_add_up() -> None:
    assert matches("a", f"(?:a?){{{MAXIMUM_EMPTY_ROUNDS}}}") is True


def test_a_statement_with_a_regular_expression_does_not_begin_on_the_event_loop() -> None:
    assert is_heavy(parse("MATCH (n) WHERE n.name =~ 'a.*' RETURN n"))
    assert not is_heavy(parse("MATCH (n) WHERE n.name = 'a.*' RETURN n"))
