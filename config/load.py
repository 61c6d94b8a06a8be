"""From files, environment and command line to :class:`Settings`, by ConfigArgParse.

Sources, of which a later one wins:

1. ``/etc/lithograph/lithograph.conf`` and ``~/.lithograph/config``, where they exist;
2. the file named by ``LITHOGRAPH_CONFIG`` or, without that, ``MEMGRAPH_CONFIG``, which has to exist;
3. variables ``LITHOGRAPH_<FLAG>``, and ``MEMGRAPH_BOLT_PORT`` where there is no ``LITHOGRAPH_BOLT_PORT``;
4. the command line.

Files and command line share gflags' spelling, which Memgraph's users know: ``--flag=value``,
``--flag`` and ``--noflag`` for a Boolean, underscores as good as dashes, ``--flag-file=PATH`` to read more
flags at that place. A word after a Boolean flag is not its value (``--flag false``); since that is an
easy mistake it is refused with an explanation instead of being read as *true*.

The library merges the sources, argparse parses, converts and writes the help. The library drops a value
that a later source overrides, and knows no lines; so files and variables are checked where they are read,
and what argparse refuses stands on the command line.
"""

from __future__ import annotations

import argparse
import difflib
import glob
import io
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, NoReturn

import configargparse

from lithograph.config.errors import SettingsError
from lithograph.config.flags import BadValueError, Flag, Value
from lithograph.config.settings import FLAGS, FLAGS_BY_NAME, Settings

SYSTEM_FILE = Path("/etc/lithograph/lithograph.conf")
USER_FILE = ".lithograph/config"
"""Below the home directory."""

FILE_VARIABLES = ("LITHOGRAPH_CONFIG", "MEMGRAPH_CONFIG")
VARIABLES = {"MEMGRAPH_BOLT_PORT": FLAGS_BY_NAME["bolt-port"]} | {
    flag.environment_variable: flag for flag in FLAGS
}
COMMAND_LINE = "the command line"

_FLAG_FILE = "--flag-file"
_OPTIONS = {f"--{flag.name}": flag for flag in FLAGS}
_BARE = {
    f"--{prefix}{flag.name}": f"--{flag.name}={value}"
    for flag in FLAGS
    if flag.is_boolean
    for prefix, value in (("", "true"), ("no", "false"))
}


def load(argv: Sequence[str], environ: Mapping[str, str], *, system_file: Path = SYSTEM_FILE) -> Settings:
    """The settings from all sources; ``argv`` is what follows ``lithograph serve``.

    Raises SettingsError, whose text names the source of what cannot be used, the flag and what is allowed.
    """
    variables = {}
    for name, flag in VARIABLES.items():
        if name in environ:
            _value(flag, environ[name], f"the environment variable {name}")
            variables[flag.environment_variable] = environ[name]
    parser = _parser(_files(environ, system_file), add_help=False)  # --help would end the process
    values, strays = parser.parse_known_args([_spelled(word) for word in argv], env_vars=variables)
    if strays:
        raise SettingsError(f"{COMMAND_LINE}: {_refusal(strays[0])}" + _hint(strays[0], argv))
    for flag in FLAGS:
        if getattr(values, flag.attribute, None) == []:  # what argparse before 3.13 makes of the value "--"
            setattr(values, flag.attribute, _value(flag, "--"))
    return Settings(**vars(values))


def suspicious_variables(environ: Mapping[str, str]) -> list[str]:
    """One sentence for each variable that looks like a misspelt flag; for the log, since it has no effect.

    Unknown ``LITHOGRAPH_…`` variables are no error: Kubernetes makes some for a service of that name.
    """
    known = {*VARIABLES, *FILE_VARIABLES}
    candidates = sorted(name for name in environ if name.startswith("LITHOGRAPH_") and name not in known)
    matches = {name: difflib.get_close_matches(name, known, 1, cutoff=0.85) for name in candidates}
    return [f"{name} has no effect; did you mean {match[0]}?" for name, match in matches.items() if match]


def command_line_help(program: str = "lithograph serve") -> str:
    """The text of ``lithograph serve --help``: every flag by subject, with default and meaning."""
    return str(_parser([str(SYSTEM_FILE), f"~/{USER_FILE}"], prog=program).format_help())


class _Parser(configargparse.ArgumentParser):  # type: ignore[misc]  # the library has no types
    def error(self, message: str) -> NoReturn:
        raise SettingsError(f"{COMMAND_LINE}: {message}.")


class _FileParser(configargparse.ConfigFileParser):  # type: ignore[misc]
    """The format of a settings file, for the library."""

    def get_syntax_description(self) -> str:
        return "LITHOGRAPH_CONFIG names another one. It has one --flag=value a line; # begins a comment line."

    def parse(self, stream: _SettingsFile) -> dict[str, str]:
        return {flag.name: text for flag, text in _read(stream)}


class _FlagFile(argparse.Action):
    """``--flag-file`` on the command line; argparse takes care of the place."""

    def __call__(self, parser: object, namespace: object, values: Any, option_string: object = None) -> None:
        file = _named_file(values or "", f"{COMMAND_LINE}: {option_string}")
        for flag, text in _read(_SettingsFile(file)):
            setattr(namespace, flag.attribute, flag.parse(text))


def _parser(files: Sequence[str], **options: Any) -> _Parser:
    parser = _Parser(
        usage="%(prog)s [--FLAG=VALUE ...]",
        description="Start a server and keep it running until SIGINT (Ctrl-C) or SIGTERM. A Boolean flag is "
        "written --flag, --noflag or --flag=true|false. Dashes may be underscores.",
        formatter_class=partial(argparse.ArgumentDefaultsHelpFormatter, max_help_position=6, width=100),
        allow_abbrev=False,
        argument_default=argparse.SUPPRESS,
        default_config_files=files,
        config_file_open_func=_SettingsFile,
        config_file_parser_class=_FileParser,
        **options,
    )
    parser.add_argument(
        _FLAG_FILE, action=_FlagFile, metavar="PATH", help="Read more flags here, from a file."
    )
    for title, flags in groupby(FLAGS, lambda flag: flag.group):
        group = parser.add_argument_group(title)
        for flag in flags:
            group.add_argument(
                f"--{flag.name}",
                env_var=flag.environment_variable,
                type=partial(_value, flag),
                default=flag.show(flag.default) or argparse.SUPPRESS,  # an empty text is not worth showing
                metavar=flag.metavar,
                help=flag.description.replace("%", "%%"),
            )
    return parser


def _value(flag: Flag, text: str, source: str = COMMAND_LINE) -> Value:
    try:
        return flag.parse(text)
    except BadValueError as error:
        raise SettingsError(f"{source}: --{flag.name}={text} cannot be used: {error}.") from error


class _SettingsFile(io.StringIO):
    """A settings file, read whole, so that whatever keeps it from being read shows here."""

    def __init__(self, path: str | Path) -> None:
        self.name = str(path)
        try:
            super().__init__(Path(path).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"The settings file {path} cannot be read: {error}") from error


def _files(environ: Mapping[str, str], system_file: Path) -> list[str]:
    """The files to read, as the library wants them: as patterns; those that do not exist are passed over."""
    files = [system_file, Path(environ.get("HOME") or Path.home()) / USER_FILE]
    named = next((name for name in FILE_VARIABLES if environ.get(name)), None)
    if named is not None:
        files.append(_named_file(environ[named], f"the environment variable {named}"))
    return [glob.escape(str(file)) for file in files]


def _named_file(name: str, source: str, folder: Path = Path()) -> Path:
    path = folder / os.path.expanduser(name)
    if not path.is_file():
        raise SettingsError(f"{source} names the settings file {path}, which does not exist.")
    return path


def _read(file: _SettingsFile, including: tuple[Path, ...] = ()) -> Iterator[tuple[Flag, str]]:
    """What a file sets, checked; a file that it includes counts where it stands."""
    path = Path(file.name)
    if path.resolve() in including:
        raise SettingsError(f"The settings file {path} includes itself through {_FLAG_FILE}.")
    for number, line in enumerate(file, start=1):
        word, source = _spelled(line.strip()), f"{path}, line {number}"
        option, equals, text = word.partition("=")
        if option == _FLAG_FILE:
            included = _named_file(text, f"{source}: {option}", path.parent)
            yield from _read(_SettingsFile(included), (*including, path.resolve()))
        elif option in _OPTIONS and equals:
            _value(_OPTIONS[option], text, source)
            yield _OPTIONS[option], text
        elif word and not word.startswith("#"):
            raise SettingsError(f"{source}: {_refusal(word)}")


def _spelled(word: str) -> str:
    """A flag as argparse knows it, with two dashes and, if it is Boolean, its value; other words as they are."""
    if not word.startswith("-"):
        return word
    name, equals, text = word.partition("=")
    option = f"--{_plain(name)}"
    if option in _BARE and not equals:
        return _BARE[option]
    return option + equals + text if option in {*_OPTIONS, _FLAG_FILE} else word


def _plain(name: str) -> str:
    """``--bolt_port``, ``-bolt-port`` and ``--bolt-port`` are the same flag."""
    return name.removeprefix("-").removeprefix("-").replace("_", "-")


def _refusal(word: str) -> str:
    """Why a word is refused that sets no flag, and what to write instead."""
    name = _plain(word.partition("=")[0])
    if not word.startswith("-") or not word.strip("-"):
        return f"Unexpected positional argument(s): {word}. A flag has the form --flag=value."
    if name in FLAGS_BY_NAME:
        return f"--{name} needs a value: --{name}=VALUE, {FLAGS_BY_NAME[name].allowed}."
    negated = FLAGS_BY_NAME.get(name.removeprefix("no"))
    if negated:
        reason = f"write --{negated.name}=false" if negated.is_boolean else f"--{negated.name} is not Boolean"
        return f"{word} cannot be used: {reason}."
    close = difflib.get_close_matches(f"--{name}", [*_OPTIONS, _FLAG_FILE], 1)
    hint = f"Did you mean {close[0]}?" if close else "`lithograph serve --help` lists the flags."
    return f"there is no flag --{name}. {hint}"


def _hint(stray: str, argv: Sequence[str]) -> str:
    """For a word behind a Boolean flag, which argparse must not take for its value."""
    for flag, word in pairwise(argv):
        if word == stray and "=" not in flag and "=" in _spelled(flag):
            return f" A Boolean flag takes its value after an equals sign: {flag}={word}."
    return ""
