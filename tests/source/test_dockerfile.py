"""The image is what it should be, as far as its description shows; ``.ci/run`` carries its steps out."""

import json
import re
import shlex
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from lithograph.config.load import load
from lithograph.config.settings import FLAGS

ROOT = Path(__file__).parents[2]
DATA = "/var/lib/lithograph"
FLOATING_TAGS = {"latest", "slim", "3", "3-slim"}


@dataclass(frozen=True)
class Instruction:
    stage: int
    word: str
    arguments: str


def parse(text: str) -> list[Instruction]:
    """The instructions of a Dockerfile, continuation lines joined, each with the number of its stage."""
    kept = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    instructions: list[Instruction] = []
    stage = -1
    for line in re.sub(r"\\\n\s*", " ", kept).splitlines():
        if line.strip():
            word, _, arguments = line.strip().partition(" ")
            stage += word == "FROM"
            instructions.append(Instruction(stage, word, arguments.strip()))
    return instructions


@pytest.fixture(scope="module")
def instructions() -> list[Instruction]:
    return parse((ROOT / "Dockerfile").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def final(instructions: list[Instruction]) -> list[Instruction]:
    """The instructions of the stage that is the image."""
    return [each for each in instructions if each.stage == instructions[-1].stage]


def only(instructions: list[Instruction], word: str) -> str:
    (arguments,) = [each.arguments for each in instructions if each.word == word]
    return arguments


def environment(final: list[Instruction]) -> dict[str, str]:
    pairs = [pair for each in final if each.word == "ENV" for pair in shlex.split(each.arguments)]
    return dict(pair.split("=", 1) for pair in pairs)


def test_the_image_is_built_in_stages_from_slim_bases_pinned_by_tag(instructions: list[Instruction]) -> None:
    bases = [each.arguments.split()[0] for each in instructions if each.word == "FROM"]
    assert len(bases) >= 2
    for base in bases:
        name, _, tag = base.partition(":")
        assert name == "python"
        assert tag.endswith("-slim")
        assert tag not in FLOATING_TAGS


def test_what_is_copied_exists_and_reaches_the_builder(instructions: list[Instruction]) -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    copied = [
        source
        for each in instructions
        if each.word == "COPY" and "--from=" not in each.arguments
        for source in shlex.split(each.arguments)[:-1]
    ]
    assert copied
    assert [source for source in copied if not (ROOT / source).exists()] == []
    assert [source for source in copied if f"!{source}" not in ignored] == []


def test_nothing_of_the_sources_is_copied_into_the_image(final: list[Instruction]) -> None:
    assert [each for each in final if each.word in {"COPY", "ADD"}] == []


def test_the_server_runs_as_a_numbered_user_that_is_not_root(final: list[Instruction]) -> None:
    user, _, group = only(final, "USER").partition(":")
    assert int(user) > 0
    assert int(group) > 0
    created = " ".join(each.arguments for each in final if each.word == "RUN")
    assert f"--uid {user}" in created
    assert f"--gid {group}" in created


def test_nothing_is_installed_once_the_user_is_set(final: list[Instruction]) -> None:
    words = [each.word for each in final]
    assert "RUN" not in words[words.index("USER") :]


def test_the_image_has_what_encryption_takes(final: list[Instruction]) -> None:
    (install,) = [each.arguments for each in final if each.word == "RUN" and "pip install" in each.arguments]
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]
    assert any(text.startswith("cryptography") for text in extras["encryption"])
    assert shlex.split(install)[-1].endswith(".whl)[encryption]")


def test_data_lies_on_a_volume_that_the_server_writes_to(final: list[Instruction]) -> None:
    assert json.loads(only(final, "VOLUME")) == [DATA]
    assert environment(final)["LITHOGRAPH_DATA_DIRECTORY"] == DATA


def test_the_settings_of_the_image_are_settings_and_open_the_exposed_port(
    final: list[Instruction], tmp_path: Path
) -> None:
    ours = {name: text for name, text in environment(final).items() if name.startswith("LITHOGRAPH_")}
    assert set(ours) <= {flag.environment_variable for flag in FLAGS}
    settings = load([], {"HOME": str(tmp_path), **ours}, system_file=tmp_path / "none")
    assert settings.bolt_address == "0.0.0.0"
    assert settings.data_directory == Path(DATA)
    assert only(final, "EXPOSE") == str(settings.bolt_port)


def test_the_server_is_the_first_process_and_gets_the_signal_that_stops_it_cleanly(
    final: list[Instruction],
) -> None:
    assert json.loads(only(final, "ENTRYPOINT")) == ["lithograph", "serve"]
    assert only(final, "STOPSIGNAL") == "SIGTERM"


def test_the_health_check_runs_a_module_of_the_package_in_exec_form(final: list[Instruction]) -> None:
    options, _, command = only(final, "HEALTHCHECK").partition("CMD ")
    assert "--timeout=" in options
    python, flag, module = json.loads(command)
    assert (python, flag) == ("python", "-m")
    assert (ROOT / module.removeprefix("lithograph.").replace(".", "/")).with_suffix(".py").is_file()


def test_the_parser_joins_continuation_lines_and_counts_stages() -> None:
    parsed = parse("# comment\nFROM a AS b\nRUN x \\\n && y\nFROM c\nUSER 1\n")
    assert [(each.stage, each.word, each.arguments) for each in parsed] == [
        (0, "FROM", "a AS b"),
        (0, "RUN", "x  && y"),
        (1, "FROM", "c"),
        (1, "USER", "1"),
    ]
