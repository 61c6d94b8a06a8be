"""The line that says how far a recovery is."""

from __future__ import annotations

from structlog.testing import capture_logs

from lithograph.server.progress import PAUSE, ProgressLog


def test_it_is_said_at_most_every_few_seconds_with_the_share_that_is_done() -> None:
    now = 100.0
    progress = ProgressLog("recovering", lambda: now)
    with capture_logs() as logs:
        progress("checking the snapshot", 1, 4)
        for done in range(1, 5):
            for _ in range(3):
                now += PAUSE / 3
                progress("loading the snapshot", done, 4)
        now += PAUSE
        progress("replaying transactions", 0, 0)
    assert [(line["what"], line["done"], line["total"], line["percent"]) for line in logs] == [
        *[("loading the snapshot", done, 4, 25 * done) for done in range(1, 5)],
        ("replaying transactions", 0, 0, 0),
    ]
    assert {line["event"] for line in logs} == {"recovering"}
