"""asyncio: rows, operations, input of both kinds, and tasks that are cancelled."""

from __future__ import annotations

import asyncio
import threading
import unittest
from collections.abc import AsyncIterator

from support import APP, BROKEN, LONG, MAILBOXES, SECRET, TENANT, Case, asked, control, hold_replies

import exrun


def client() -> exrun.AsyncClient:
    return exrun.AsyncClient(TENANT, APP, exrun.ClientSecret(SECRET))


class Async(Case):
    def test_rows_come_without_a_thread(self) -> None:
        async def body() -> list[exrun.Row]:
            async with client() as app:
                found = []
                async for row in app.mailbox_settings_report(MAILBOXES):
                    found.append(row)
                    self.assertEqual(threading.active_count(), before)
                return found

        before = threading.active_count()
        rows = asyncio.run(body())
        self.assertEqual([row["MailboxName"] for row in rows], MAILBOXES)
        self.assertEqual([row["MailboxName"] for row in rows if row.error], BROKEN)

    def test_input_may_be_asynchronous_and_runs_go_side_by_side(self) -> None:
        async def some(first: int) -> AsyncIterator[str]:
            for mailbox in MAILBOXES[first : first + 20]:
                await asyncio.sleep(0)
                yield mailbox

        async def one(app: exrun.AsyncClient, first: int) -> list[str | None]:
            run = app.mailbox_settings_report(some(first), into=exrun.MailboxSettings)
            return [row.mailbox_name async for row in run]

        async def body() -> list[list[str | None]]:
            async with client() as app:
                return await asyncio.gather(*(one(app, first) for first in range(0, 60, 20)))

        self.assertEqual(asyncio.run(body()), [MAILBOXES[first : first + 20] for first in range(0, 60, 20)])

    def test_an_exception_of_the_input_ends_the_run(self) -> None:
        async def broken() -> AsyncIterator[str]:
            yield MAILBOXES[0]
            raise LookupError("the list is gone")

        async def body() -> None:
            async with client() as app, app.mailbox_settings_report(broken()) as run:
                async for _ in run:
                    pass

        self.assertRaisesRegex(LookupError, "the list is gone", asyncio.run, body())

    def test_operations_are_awaited(self) -> None:
        async def body() -> None:
            async with client() as app:
                first = await app.mailbox_settings_get(mailbox=MAILBOXES[0], part="timeZone")
                self.assertTrue(first["value"])
                with self.assertRaises(exrun.ServiceError):
                    await app.mailbox_settings_get(mailbox=BROKEN[0])

        asyncio.run(body())

    def test_a_task_that_is_cancelled_stops_its_run(self) -> None:
        journal = self.folder / "run.db"

        async def report(app: exrun.AsyncClient) -> int:
            async with app.mailbox_settings_report(MAILBOXES, journal=journal) as run:
                return len([row async for row in run])

        async def body() -> None:
            async with client() as app:
                hold_replies()
                task = asyncio.create_task(report(app))
                while not asked():
                    await asyncio.sleep(0.01)
                task.cancel()
                with self.assertRaises(asyncio.CancelledError):
                    await asyncio.wait_for(task, LONG)
                # Nothing lives any more: the journal can be used at once.
                control("PUT", "faults", {"rules": []})
                self.assertEqual(await report(app), len(MAILBOXES))

        asyncio.run(body())

    def test_an_operation_that_is_cancelled_is_given_back(self) -> None:
        async def body() -> None:
            async with client() as app:
                await app.token_acquire()
                hold_replies()
                with self.assertRaises(asyncio.TimeoutError):
                    await asyncio.wait_for(app.mailbox_settings_get(mailbox=MAILBOXES[0]), 0.2)

        asyncio.run(body())


if __name__ == "__main__":
    unittest.main()
