"""From files, environment and command line to :class:`Settings`.

Sources, of which a later one wins:

1. ``/etc/lithograph/lithograph.conf`` and ``~/.lithograph/config``, where they exist;
2. the file named by ``LITHOGRAPH_CONFIG`` or, without that, ``MEMGRAPH_CONFIG``, which has to exist;
3. variables ``LITHOGRAPH_<FLAG>``, and ``MEMGRAPH_BOLT_PORT`` where there is no ``LITHOGRAPH_BOLT_PORT``;
4. the command line.

Files and command line share gflags' spelling, which Memgraph's users know: ``--flag=value``,
``--flag`` and ``--noflag`` for a Boolean, underscores as good as dashes, ``--flag-file=PATH`` to read more
flags at that place. A word after a Boolean flag is not its value (``--flag false``); since that is an
easy mistake it is refused with an explanation instead of being read as *true*.

argparse and its relatives are not used: they neither keep the place a value came from (every error here
says which file and line, variable or part of the command line), nor follow gflags' rules for Booleans,
nor read a file in the middle of the others. :func:`command_line_help` lays the help out.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lithograph.config.errors import SettingsError
from lithograph.config.flags import FALSE_WORDS, TRUE_WORDS, BadValueError, Flag
from lithograph.config.settings import FLAGS, FLAGS_BY_NAME, Settings

SYSTEM_FILE = Path("/etc/lithograph/lithograph.conf")
USER_FILE = Path(".lithograph/config")
"""Below the home directory."""

FILE_VARIABLES = ("LITHOGRAPH_CONFIG", "MEMGRAPH_CONFIG")
FLAG_FILE = "flag-file"
COMMAND_LINE = "the command line"


@dataclass(frozen=True, slots=True)
class Assignment:
    """A value that a source gives to a flag, as text; ``source`` names the place for an error message."""

    flag: Flag
    text: str
    source: str


def load(argv: Sequence[str], environ: Mapping[str, str], *, system_file: Path = SYSTEM_FILE) -> Settings:
    """The settings from all sources; ``argv`` is what follows ``lithograph serve``.

    Raises SettingsError, whose text names the source of what cannot be used, the flag and what is allowed.
    """
    values = {}
    for assignment in _assignments(argv, environ, system_file):
        flag = assignment.flag
        try:
            values[flag.attribute] = flag.parse(assignment.text)
        except BadValueError as error:
            raise SettingsError(
                f"{assignment.source}: --{flag.name}={assignment.text} cannot be used: {error}."
            ) from error
    return Settings(**values)  # type: ignore[arg-type]  # each flag has parsed its own type


def suspicious_variables(environ: Mapping[str, str]) -> list[str]:
    """One sentence for each variable that looks like a misspelt flag; for the log, since it has no effect.

    Unknown ``LITHOGRAPH_…`` variables are no error: Kubernetes makes some for a service of that name.
    """
    known = {flag.environment_variable for flag in FLAGS} | set(FILE_VARIABLES)
    candidates = sorted(name for name in environ if name.startswith("LITHOGRAPH_") and name not in known)
    matches = {name: difflib.get_close_matches(name, known, 1, cutoff=0.85) for name in candidates}
    return [f"{name} has no effect; did you mean {match[0]}?" for name, match in matches.items() if match]


def command_line_help(program: str = "lithograph serve") -> str:
    """The text of ``lithograph serve --help``: every flag by subject, with default and meaning."""
    from lithograph.config.reference import render_help

    return render_help(program)


def _assignments(argv: Sequence[str], environ: Mapping[str, str], system_file: Path) -> Iterator[Assignment]:
    for path in (system_file, Path(environ.get("HOME") or Path.home()) / USER_FILE):
        if path.is_file():
            yield from _read_file(path, ())
    named = next((name for name in FILE_VARIABLES if environ.get(name)), None)
    if named is not None:
        yield from _read_named_file(Path(environ[named]), f"the environment variable {named}", ())
    yield from _read_environment(environ)
    yield from _read_command_line(argv)


def _read_environment(environ: Mapping[str, str]) -> Iterator[Assignment]:
    yield from _read_variable("MEMGRAPH_BOLT_PORT", FLAGS_BY_NAME["bolt-port"], environ)
    for flag in FLAGS:
        yield from _read_variable(flag.environment_variable, flag, environ)


def _read_variable(name: str, flag: Flag, environ: Mapping[str, str]) -> Iterator[Assignment]:
    if name in environ:
        yield Assignment(flag, environ[name], f"the environment variable {name}")


def _read_command_line(argv: Sequence[str]) -> Iterator[Assignment]:
    words = iter(argv)
    name = ""
    for word in words:
        if not word.startswith("-") or word.strip("-") == "":
            raise SettingsError(_explain_positional([word, *words], after=name))
        name = word.partition("=")[0]
        if "=" not in word and _takes_next_word(name):
            following = next(words, None)
            if following is None or following.startswith("--"):
                raise SettingsError(f"{COMMAND_LINE}: {name} needs a value: {name}=VALUE.")
            word = f"{name}={following}"
        yield from _read_word(word, COMMAND_LINE, Path(), ())


def _takes_next_word(name: str) -> bool:
    normalised = _normalise(name)
    flag = FLAGS_BY_NAME.get(normalised)
    return normalised == FLAG_FILE or (flag is not None and not flag.is_boolean)


def _explain_positional(words: list[str], *, after: str) -> str:
    text = f"{COMMAND_LINE}: Unexpected positional argument(s): {' '.join(words)}."
    if after and words[0].casefold() in TRUE_WORDS | FALSE_WORDS:
        text += f" A Boolean flag takes its value after an equals sign: {after}={words[0]}."
    return text


def _read_named_file(path: Path, source: str, including: tuple[Path, ...]) -> Iterator[Assignment]:
    if not path.is_file():
        raise SettingsError(f"{source} names the settings file {path}, which does not exist.")
    yield from _read_file(path, including)


def _read_file(path: Path, including: tuple[Path, ...]) -> Iterator[Assignment]:
    resolved = path.resolve()
    if resolved in including:
        raise SettingsError(f"The settings file {path} includes itself through --{FLAG_FILE}.")
    for number, line in enumerate(_lines_of(path), start=1):
        word = line.strip()
        if not word or word.startswith("#"):
            continue
        source = f"{path}, line {number}"
        if not word.startswith("-"):
            raise SettingsError(f"{source}: a line has the form --flag=value, but this is: {word}")
        yield from _read_word(word, source, path.parent, (*including, resolved))


def _lines_of(path: Path) -> Iterable[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The settings file {path} cannot be read: {error}") from error


def _read_word(word: str, source: str, folder: Path, including: tuple[Path, ...]) -> Iterator[Assignment]:
    """What ``--flag=value``, ``--flag`` or ``--noflag`` assigns; relative flag files are looked up in ``folder``."""
    name, equals, text = word.partition("=")
    normalised = _normalise(name)
    if normalised == FLAG_FILE:
        yield from _read_named_file(folder / Path(text).expanduser(), f"{source}: --{FLAG_FILE}", including)
        return
    flag = FLAGS_BY_NAME.get(normalised)
    if flag is not None and equals:
        yield Assignment(flag, text, source)
    elif flag is not None and flag.is_boolean:
        yield Assignment(flag, "true", source)
    elif flag is not None:
        raise SettingsError(f"{source}: --{flag.name} needs a value: --{flag.name}=VALUE, {flag.allowed}.")
    else:
        yield Assignment(_negated(normalised, word, source), "false", source)


def _negated(normalised: str, word: str, source: str) -> Flag:
    """The Boolean flag that ``noflag`` switches off."""
    flag = FLAGS_BY_NAME.get(normalised.removeprefix("no")) if normalised.startswith("no") else None
    if flag is None:
        close = difflib.get_close_matches(normalised, [*FLAGS_BY_NAME, FLAG_FILE], 1)
        hint = f" Did you mean --{close[0]}?" if close else " `lithograph serve --help` lists the flags."
        raise SettingsError(f"{source}: there is no flag --{normalised}.{hint}")
    if not flag.is_boolean:
        raise SettingsError(f"{source}: {word} is refused, because --{flag.name} is not Boolean.")
    if "=" in word:
        raise SettingsError(f"{source}: {word} is refused: write --{flag.name}=false or --no{flag.name}.")
    return flag


def _normalise(name: str) -> str:
    """``--bolt_port``, ``-bolt-port`` and ``--bolt-port`` are the same flag."""
    return name.removeprefix("-").removeprefix("-").replace("_", "-")
