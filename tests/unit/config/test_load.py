"""Where settings come from, who wins, and what the error says when a value cannot be used."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithograph.config.errors import SettingsError
from lithograph.config.flags import Flag
from lithograph.config.load import command_line_help, load, suspicious_variables
from lithograph.config.settings import FLAGS, WAL_NEEDS_SNAPSHOTS, Settings

NOWHERE = Path("/nonexistent")

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


def from_words(*words: str) -> Settings:
    return load(words, {"HOME": str(NOWHERE)}, system_file=NOWHERE)


def complaint(*words: str, **environ: str) -> str:
    with pytest.raises(SettingsError) as refused:
        load(words, {"HOME": str(NOWHERE), **environ}, system_file=NOWHERE)
    return str(refused.value)


def test_without_any_source_the_defaults_hold() -> None:
    assert from_words() == Settings()


def test_each_source_wins_over_the_ones_before_it(write: Write, tmp_path: Path) -> None:
    system = write(
        "system.conf", "--bolt-port=1\n--storage-gc-cycle-sec=1\n--memory-limit=1\n--log-level=TRACE\n"
    )
    write(".lithograph/config", "--storage-gc-cycle-sec=2\n--memory-limit=2\n--log-level=DEBUG\n")
    named = write("named.conf", "--memory-limit=3\n--log-level=WARNING\n--bolt-max-connections=3\n")
    environ = {
        "HOME": str(tmp_path),
        "LITHOGRAPH_CONFIG": str(named),
        "LITHOGRAPH_LOG_LEVEL": "ERROR",
        "LITHOGRAPH_BOLT_MAX_CONNECTIONS": "4",
    }
    settings = load(["--bolt-max-connections=5"], environ, system_file=system)
    assert settings.bolt_port == 1
    assert settings.storage_gc_cycle_sec == 2
    assert settings.memory_limit == 3
    assert settings.log_level == "ERROR"
    assert settings.bolt_max_connections == 5


def test_the_variables_of_memgraph_work_and_yield_to_our_own(write: Write) -> None:
    theirs = write("memgraph.conf", "--memory-limit=1")
    ours = write("lithograph.conf", "--memory-limit=2")
    environ = {"HOME": str(NOWHERE), "MEMGRAPH_CONFIG": str(theirs), "MEMGRAPH_BOLT_PORT": "7000"}
    settings = load([], environ, system_file=NOWHERE)
    assert (settings.memory_limit, settings.bolt_port) == (1, 7000)
    environ |= {"LITHOGRAPH_CONFIG": str(ours), "LITHOGRAPH_BOLT_PORT": "8000"}
    settings = load([], environ, system_file=NOWHERE)
    assert (settings.memory_limit, settings.bolt_port) == (2, 8000)


@pytest.mark.parametrize(
    "words",
    [["--bolt-port=99"], ["--bolt_port=99"], ["-bolt-port=99"], ["--bolt-port", "99"], ["--bolt_port", "99"]],
)
def test_a_flag_is_known_by_every_spelling_of_gflags(words: list[str]) -> None:
    assert from_words(*words).bolt_port == 99


@pytest.mark.parametrize("word", ["true", "t", "yes", "y", "1", "TRUE", "Yes"])
def test_a_boolean_takes_every_word_for_true(word: str) -> None:
    assert from_words(f"--also-log-to-stderr={word}").also_log_to_stderr is True


@pytest.mark.parametrize("word", ["false", "f", "no", "n", "0", "FALSE", "No"])
def test_a_boolean_takes_every_word_for_false(word: str) -> None:
    assert from_words(f"--storage-wal-enabled={word}").storage_wal_enabled is False


def test_a_boolean_alone_is_true_and_with_no_before_it_false() -> None:
    settings = from_words("--also-log-to-stderr", "--nostorage_wal_enabled")
    assert settings.also_log_to_stderr is True
    assert settings.storage_wal_enabled is False


def test_a_word_after_a_boolean_is_refused_and_explained() -> None:
    text = complaint("--storage-wal-enabled", "false")
    assert "Unexpected positional argument(s): false" in text
    assert "--storage-wal-enabled=false" in text


def test_the_last_of_several_values_wins() -> None:
    assert from_words("--bolt-port=1", "--bolt-port=2").bolt_port == 2


def test_choices_are_found_whatever_their_case() -> None:
    assert from_words("--isolation-level=read_committed").isolation_level == "READ_COMMITTED"


@pytest.mark.parametrize("name", ["Neo4j/5.0 a=b c", "--", "--bolt-port", "[a, b]", "100%", ""])
def test_a_value_after_an_equals_sign_may_be_any_text(name: str) -> None:
    assert from_words(f"--bolt-server-name-for-init={name}").bolt_server_name_for_init == name


@pytest.mark.parametrize(
    ("word", "allowed"),
    [
        ("--bolt-port=70000", "an integer from 0 to 65535"),
        ("--bolt-port=many", "an integer"),
        ("--bolt-port=", "an integer"),
        ("--query-execution-timeout-sec=nan", "a number from 0"),
        ("--query-execution-timeout-sec=-1", "a number from 0"),
        ("--log-level=loud", "one of TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL"),
        ("--log-level=--", "one of TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL"),
        ("--storage-wal-enabled=maybe", "true or false"),
        ("--storage-snapshot-interval=* * *", "six cron fields"),
        ("--storage-wal-file-flush-every-n-tx=0", "an integer from 1 to 1000000"),
        ("--data-directory=", "a path"),
        ("--data-directory=~nobody-of-this-name/x", "a path"),
        ("--storage-encryption-key-file=~nobody-of-this-name/x", "a path"),
    ],
)
def test_a_bad_value_is_refused_with_its_source_and_what_is_allowed(word: str, allowed: str) -> None:
    text = complaint(word)
    assert text.startswith("the command line: ")
    assert word in text
    assert allowed in text


def test_a_bad_value_in_a_file_is_found_by_file_and_line(write: Write) -> None:
    path = write("bad.conf", "# comment\n\n--bolt-port=x\n")
    assert complaint(LITHOGRAPH_CONFIG=str(path)).startswith(f"{path}, line 3: --bolt-port=x ")


def test_a_bad_value_in_a_variable_names_the_variable() -> None:
    text = complaint(LITHOGRAPH_BOLT_PORT="tcp://10.0.0.1:7687")
    assert text.startswith("the environment variable LITHOGRAPH_BOLT_PORT: ")


def test_a_bad_value_is_refused_even_where_a_later_source_wins() -> None:
    assert "LITHOGRAPH_BOLT_PORT" in complaint("--bolt-port=1", LITHOGRAPH_BOLT_PORT="x")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["--bolt-prot=1"], "Did you mean --bolt-port?"),
        (["--qqqq"], "`lithograph serve --help` lists the flags"),
        (["---bolt-port=1"], "Did you mean --bolt-port?"),
        (["--nobolt-port"], "--bolt-port is not Boolean"),
        (["--nostorage-wal-enabled=true"], "--storage-wal-enabled=false"),
        (["--bolt-port"], "--bolt-port: expected one argument"),
        (["--bolt-port", "--log-level=INFO"], "--bolt-port: expected one argument"),
        (["serve"], "Unexpected positional argument(s): serve"),
        (["true"], "Unexpected positional argument(s): true"),
        (["--"], "Unexpected positional argument(s): --"),
    ],
)
def test_a_word_that_is_no_flag_is_refused_with_a_way_out(words: list[str], hint: str) -> None:
    assert hint in complaint(*words)


def test_a_line_without_dashes_is_refused(write: Write) -> None:
    path = write("bare.conf", "bolt-port=1\n")
    text = complaint(LITHOGRAPH_CONFIG=str(path))
    assert text.startswith(f"{path}, line 1: Unexpected positional argument(s): bolt-port=1")
    assert "has the form --flag=value" in text


def test_a_value_after_a_space_is_refused_in_a_file(write: Write) -> None:
    path = write("space.conf", "--bolt-port 1\n")
    assert f"{path}, line 1" in complaint(LITHOGRAPH_CONFIG=str(path))


def test_a_flag_without_its_value_is_refused_in_a_file_with_what_is_allowed(write: Write) -> None:
    path = write("bare.conf", "--bolt-port\n")
    text = complaint(LITHOGRAPH_CONFIG=str(path))
    assert text.startswith(f"{path}, line 1: --bolt-port needs a value")
    assert "an integer from 0 to 65535" in text


def test_the_name_of_a_file_is_no_pattern(write: Write) -> None:
    path = write("[a]*.conf", "--bolt-port=2\n")
    environ = {"HOME": str(NOWHERE), "LITHOGRAPH_CONFIG": str(path)}
    assert load([], environ, system_file=NOWHERE).bolt_port == 2


@pytest.mark.parametrize("variable", ["LITHOGRAPH_CONFIG", "MEMGRAPH_CONFIG"])
def test_a_file_that_is_named_has_to_exist(variable: str) -> None:
    text = complaint(**{variable: "/nonexistent/x.conf"})
    assert variable in text
    assert "/nonexistent/x.conf, which does not exist" in text


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "binary.conf"
    path.write_bytes(b"--log-file=\xff\xfe\n")
    assert f"{path} cannot be read" in complaint(LITHOGRAPH_CONFIG=str(path))


def test_a_flag_file_counts_where_it_stands(write: Write) -> None:
    path = write("more.conf", "--bolt-port=2\n--memory-limit=2\n")
    settings = from_words("--bolt-port=1", f"--flag-file={path}", "--memory-limit=3")
    assert (settings.bolt_port, settings.memory_limit) == (2, 3)


def test_a_flag_file_in_a_file_is_looked_up_beside_it(write: Write) -> None:
    write("folder/inner.conf", "--bolt-port=3\n")
    outer = write("folder/outer.conf", "--bolt-port=2\n--flag_file=inner.conf\n")
    assert from_words("--flag-file", str(outer)).bolt_port == 3


def test_a_flag_file_that_includes_itself_is_refused(write: Write) -> None:
    path = write("loop.conf", "--flag-file=loop.conf\n")
    assert "includes itself" in complaint(f"--flag-file={path}")


def test_a_flag_file_may_be_read_twice_in_a_row(write: Write) -> None:
    path = write("twice.conf", "--bolt-port=2\n")
    assert from_words(f"--flag-file={path}", f"--flag-file={path}").bolt_port == 2


@pytest.mark.parametrize("word", ["--storage-snapshot-interval-sec=0", "--storage-snapshot-interval=0"])
def test_a_log_without_periodic_snapshots_is_refused_in_the_words_of_memgraph(word: str) -> None:
    assert complaint(word).startswith(WAL_NEEDS_SNAPSHOTS)
    assert from_words(word, "--nostorage-wal-enabled").snapshot_schedule is None


def test_a_variable_that_is_nearly_a_flag_is_suspicious() -> None:
    environ = {
        "LITHOGRAPH_BOLT_PROT": "1",
        "LITHOGRAPH_SERVICE_HOST": "10.0.0.1",
        "LITHOGRAPH_BOLT_PORT": "1",
        "LITHOGRAPH_CONFIG": "x",
        "OTHER": "y",
    }
    assert suspicious_variables(environ) == [
        "LITHOGRAPH_BOLT_PROT has no effect; did you mean LITHOGRAPH_BOLT_PORT?"
    ]


def test_the_help_shows_every_flag_in_lines_that_fit() -> None:
    text = command_line_help("lithograph serve")
    assert [flag.name for flag in FLAGS if f"  --{flag.name}" not in text] == []
    assert max(map(len, text.splitlines())) <= 110


@pytest.mark.parametrize("flag", FLAGS, ids=lambda flag: flag.name)
def test_the_shown_default_given_on_the_command_line_changes_nothing(flag: Flag) -> None:
    assert from_words(f"--{flag.name}={flag.show(flag.default)}") == Settings()


@given(words=st.lists(st.text(max_size=20), max_size=3))
def test_no_command_line_ends_in_anything_but_settings_or_a_complaint(words: list[str]) -> None:
    try:
        settings = from_words(*words)
    except SettingsError as refused:
        text = str(refused)
    else:
        text = repr(settings)
    assert text
