"""``config/lithograph.conf`` says what ``config/settings.py`` does."""

from pathlib import Path

from lithograph.config.load import load
from lithograph.config.reference import render_conf
from lithograph.config.settings import FLAGS, Settings

CONF = Path(__file__).parents[2] / "config" / "lithograph.conf"


def test_the_default_file_is_the_table_of_flags() -> None:
    assert CONF.read_text(encoding="utf-8") == render_conf(), (
        "write it anew: python -m lithograph.config.reference > config/lithograph.conf"
    )


def test_the_default_file_with_every_line_switched_on_changes_nothing(tmp_path: Path) -> None:
    lines = CONF.read_text(encoding="utf-8").splitlines()
    active = [line.removeprefix("# ") for line in lines if line.startswith("# --")]
    assert len(active) == len(FLAGS)
    copy = tmp_path / "lithograph.conf"
    copy.write_text("\n".join(active), encoding="utf-8")
    environ = {"HOME": str(tmp_path), "LITHOGRAPH_CONFIG": str(copy)}
    assert load([], environ, system_file=tmp_path / "none") == Settings()


def test_the_default_file_as_it_is_changes_nothing(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path), "LITHOGRAPH_CONFIG": str(CONF)}
    assert load([], environ, system_file=tmp_path / "none") == Settings()
