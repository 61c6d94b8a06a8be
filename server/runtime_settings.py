"""SET DATABASE SETTING and SHOW DATABASE SETTING: the settings in force, changed while the server runs.

One that is kept is committed beside the data first, as a write of its own, and so is in log and snapshots; the others
last as long as the process. What has to be done about a change is done here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from lithograph.config.flags import BadValueError
from lithograph.config.logging import set_level
from lithograph.config.runtime import LOG_LEVEL, SNAPSHOT_INTERVAL, UnknownSettingError
from lithograph.server.errors import SettingError

if TYPE_CHECKING:
    from lithograph.server.database import Database

_log = structlog.get_logger(__name__)


async def change(database: Database, name: str, text: str) -> None:
    """Put a value into force; when this returns, one that is kept is durable.

    Raises:
        SettingError: there is no such setting, or it does not take the value; the old one is kept.
        LithographError: it could not be made durable; the old one is kept.
    """
    runtime = database.runtime
    try:
        setting = runtime.check(name, text)
    except (UnknownSettingError, BadValueError) as error:
        raise SettingError(str(error)) from error
    if setting.kept:
        await _keep(database, name, text)
    runtime.change(name, text)
    if name == LOG_LEVEL:
        set_level(runtime.current.log_level)
    elif name == SNAPSHOT_INTERVAL:
        database.reschedule()
    _log.info("setting changed", name=name, value=text)


async def _keep(database: Database, name: str, text: str) -> None:
    database.check_writable()
    await database.access.admitted()
    transaction = database.store.begin()
    try:
        await database.lanes.exclusively(lambda: transaction.change_setting(name, text))
        await database.commit(transaction)
    except BaseException:
        database.rollback(transaction)
        raise


def shown(database: Database, name: str) -> str:
    """The value in force. Raises SettingError: there is no such setting."""
    try:
        return database.runtime.shown(name)
    except UnknownSettingError as error:
        raise SettingError(str(error)) from error
