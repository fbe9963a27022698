"""What goes wrong in a program: wrong types, runs that are left, closed or copied in the middle. Nothing hangs, nothing is left."""

from __future__ import annotations

import asyncio
import copy
import gc
import pickle
import signal
import sys
import threading
import unittest
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from support import APP, LONG, MAILBOXES, SECRET, TENANT, Case, asked, client, hold_replies, script

import exrun


class Types(Case):
    def test_what_is_no_iterable_is_refused_before_anything_is_sent(self) -> None:
        wrong: list[Any] = [5, 1.5, object(), client]
        with client() as app:
            for mailboxes in wrong:
                with self.assertRaisesRegex(TypeError, "a list or another iterable, not"):
                    app.mailbox_settings_report(mailboxes)

            async def some() -> Any:
                yield MAILBOXES[0]

            with self.assertRaisesRegex(TypeError, "not async_generator"):
                app.mailbox_settings_report(some())

        async def asynchronous() -> None:
            async with exrun.AsyncClient(TENANT, APP, exrun.ClientSecret(SECRET)) as app:
                for mailboxes in wrong:
                    with self.assertRaisesRegex(TypeError, "a list or another iterable, not"):
                        app.mailbox_settings_report(mailboxes)

        asyncio.run(asynchronous())
        self.assertEqual(asked(), {})

    def test_bytes_are_no_names_and_no_paths(self) -> None:
        wrong: Any = b"contoso.com"
        for make in (
            lambda: exrun.Client(wrong, APP, exrun.ClientSecret(SECRET)),
            lambda: exrun.Client(TENANT, APP, exrun.Certificate(wrong)),
            lambda: client().mailbox_settings_get(mailbox=wrong),
        ):
            self.assertRaisesRegex(TypeError, "must not be bytes", make)

    def test_what_is_to_be_called_is_asked_for_at_once(self) -> None:
        wrong: Any = 5
        self.assertRaisesRegex(TypeError, "on_prompt must be a function", lambda: client(on_prompt=wrong))
        self.assertRaisesRegex(TypeError, "sign must be a function", lambda: exrun.CallerCertificate(b"", wrong))
        self.assertRaisesRegex(TypeError, "bytes of its DER", lambda: exrun.CallerCertificate(wrong, print))

    def test_there_is_no_format_to_choose(self) -> None:
        with client() as app, self.assertRaisesRegex(TypeError, "out_file writes other formats"):
            app.mailbox_settings_report(MAILBOXES, format="csv")  # type: ignore[call-overload]

    def test_numbers_that_do_not_fit_are_named(self) -> None:
        wrong: list[Any] = [10**30, -1, 1.5, True, "8"]
        for number in wrong:
            with self.assertRaisesRegex(exrun.RequestError, "member maxConcurrency"):
                client(max_concurrency=number)

    def test_a_hint_is_said_once(self) -> None:
        with client() as app, self.assertRaises(exrun.JournalError) as failed:
            list(app.mailbox_settings_report(MAILBOXES, journal=self.folder / "none" / "run.db"))
        self.assertEqual(str(failed.exception).count("make the folder first"), 1)
        self.assertEqual(failed.exception.hint, "make the folder first")


class Lives(Case):
    def test_nothing_of_a_process_is_copied_or_pickled(self) -> None:
        asynchronous = exrun.AsyncClient(TENANT, APP, exrun.ClientSecret(SECRET))
        with client() as app, app.mailbox_settings_report(MAILBOXES) as run:
            things = (app, run, asynchronous, asynchronous.mailbox_settings_report(MAILBOXES))
            for thing in things:
                for way in (copy.copy, copy.deepcopy, pickle.dumps):
                    with self.assertRaisesRegex(TypeError, "neither copied nor pickled"):
                        way(thing)
            self.assertEqual(len(list(run)), len(MAILBOXES))
        del thing, things, asynchronous

    def test_errors_and_rows_are_both(self) -> None:
        with client() as app:
            row = list(app.mailbox_settings_report(["nobody@contoso.com"]))[0]
        for other in (copy.deepcopy(row), pickle.loads(pickle.dumps(row))):
            self.assertEqual((dict(other), type(other.error)), (dict(row), type(row.error)))

    def test_closing_again_and_using_what_is_closed(self) -> None:
        app = client()
        run = app.mailbox_settings_report(MAILBOXES)
        next(run)
        for _ in range(2):
            run.close()
            run.cancel()
        self.assertIsNone(next(run, None))
        app.close()
        with self.assertRaisesRegex(exrun.StateError, "the client is closed"):
            app.mailbox_settings_report(MAILBOXES)

    def test_a_run_outlives_its_client(self) -> None:
        rows = exrun.Client(TENANT, APP, exrun.ClientSecret(SECRET)).mailbox_settings_report(MAILBOXES)
        gc.collect()
        self.assertEqual(len(list(rows)), len(MAILBOXES))

    def test_leaving_a_loop_lets_go_of_everything(self) -> None:
        closed = []

        def some() -> Iterator[str]:
            try:
                yield from MAILBOXES
            finally:
                closed.append(True)

        for _ in range(20):
            with client() as app:
                for _ in app.mailbox_settings_report(some()):
                    break
        gc.collect()
        self.assertEqual(len(closed), 20)

    def test_an_exception_inside_an_asynchronous_loop_lets_go_of_everything(self) -> None:
        async def body() -> None:
            async with exrun.AsyncClient(TENANT, APP, exrun.ClientSecret(SECRET)) as app:
                async for _ in app.mailbox_settings_report(MAILBOXES):
                    raise LookupError("inside")

        self.assertRaisesRegex(LookupError, "inside", asyncio.run, body())
        gc.collect()


class Together(Case):
    def test_a_run_that_is_asked_by_its_own_input_says_so(self) -> None:
        runs: list[exrun.Run[exrun.Row]] = []

        def some() -> Iterator[str | None]:
            yield MAILBOXES[0]
            yield next(runs[0])["MailboxName"]

        with client() as app:
            runs.append(app.mailbox_settings_report(some()))
            self.assertRaisesRegex(RuntimeError, "the run is at work", list, runs[0])
            runs.clear()

    def test_input_that_closes_its_run_ends_it(self) -> None:
        runs: list[exrun.Run[exrun.Row]] = []

        def some() -> Iterator[str]:
            yield MAILBOXES[0]
            runs.pop().close()
            yield MAILBOXES[1]

        with client() as app:
            run = app.mailbox_settings_report(some())
            runs.append(run)
            self.assertLessEqual(len(list(run)), 1)

    def test_one_thread_closes_what_others_wait_for(self) -> None:
        hold_replies()
        with client() as app:
            run = app.mailbox_settings_report(MAILBOXES)

            def waits() -> str:
                try:
                    return f"{len(list(run))} rows"
                except exrun.CancelledError:
                    return "cancelled"

            with ThreadPoolExecutor(4) as threads:
                waiting = [threads.submit(waits) for _ in range(3)]
                while not asked():
                    pass
                threads.submit(run.close).result(LONG)
                said = {future.result(LONG) for future in waiting}
        self.assertLessEqual(said, {"cancelled", "0 rows"})

    def test_a_client_serves_many_threads(self) -> None:
        with client() as app, ThreadPoolExecutor(8) as threads:
            rows = threads.map(lambda mailbox: list(app.mailbox_settings_report([mailbox] * 3)), MAILBOXES[:40])
            self.assertEqual([row["MailboxName"] for three in rows for row in three], [m for m in MAILBOXES[:40] for _ in range(3)])

    @unittest.skipIf(sys.platform == "win32", "this system has no SIGALRM")
    def test_a_signal_may_close_a_run(self) -> None:
        hold_replies()
        with client() as app:
            run = app.mailbox_settings_report(MAILBOXES)
            before = signal.signal(signal.SIGALRM, lambda *_: run.close())
            try:
                signal.setitimer(signal.ITIMER_REAL, 0.05)
                self.assertEqual(list(run), [])
            finally:
                signal.signal(signal.SIGALRM, before)

    def test_a_process_ends_with_runs_of_all_kinds_open(self) -> None:
        hold_replies()
        program = script(
            "import asyncio, contextlib, threading, support, exrun\n"
            "app = support.client()\n"
            "runs = [app.mailbox_settings_report(support.MAILBOXES) for _ in range(3)]\n"
            "def waits():\n"
            "    with contextlib.suppress(exrun.CancelledError):\n"
            "        next(runs[0])\n"
            "threading.Thread(target=waits, daemon=True).start()\n"
            "other = exrun.AsyncClient(support.TENANT, support.APP, exrun.ClientSecret(support.SECRET))\n"
            "async def left():\n"
            "    run = other.mailbox_settings_report(support.MAILBOXES)\n"
            "    task = asyncio.ensure_future(run.__anext__())\n"
            "    await asyncio.sleep(0.05)\n"
            "asyncio.run(left())\n"
            "print('left', flush=True)\n"
        )
        output, said = program.communicate(timeout=LONG)
        self.assertEqual((output, program.returncode), ("left\n", 0), said)
        self.assertNotIn("Traceback", said)


if __name__ == "__main__":
    unittest.main()
