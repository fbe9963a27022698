"""The process: Ctrl+C, forks, threads, the log, and its end."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
import unittest
from typing import Any

from support import LONG, MAILBOXES, Case, asked, client, control, hold_replies, script

import exrun

REPORT = """
import sys
from support import MAILBOXES, client
with client() as app:
    print("begun", flush=True)
    for row in app.mailbox_settings_report(MAILBOXES, journal=sys.argv[1], batch="never"):
        print(row["MailboxName"], flush=True)
"""

ASYNC_REPORT = """
import asyncio, sys
import exrun
from support import APP, MAILBOXES, SECRET, TENANT
async def main():
    async with exrun.AsyncClient(TENANT, APP, exrun.ClientSecret(SECRET)) as app:
        print("begun", flush=True)
        async with app.mailbox_settings_report(MAILBOXES, journal=sys.argv[1], batch="never") as run:
            async for row in run:
                print(row["MailboxName"], flush=True)
asyncio.run(main())
"""


WRITES = """
from support import MAILBOXES, client
with client() as app:
    print("begun", flush=True)
    list(app.mailbox_settings_apply(MAILBOXES, settings={"timeZone": "UTC"}))
"""


@unittest.skipIf(sys.platform == "win32", "this system has no SIGINT for others")
class Interrupted(Case):
    def interrupted(self, text: str) -> None:
        journal = self.folder / "run.db"
        # The first forty answer, and the others are waited for when the signal comes.
        control("PUT", "faults", {"rules": [{"kind": "graph", "after": 40, "action": {"delayMs": 600_000}}]})
        program = script(text, str(journal))
        assert program.stdout is not None
        self.assertEqual(program.stdout.readline(), "begun\n")
        first = [program.stdout.readline().strip() for _ in range(10)]
        self.assertEqual(first, MAILBOXES[:10])
        program.send_signal(signal.SIGINT)
        # Not one of the held replies has come by then: it did not wait for them.
        _, said = program.communicate(timeout=LONG)
        self.assertIn("KeyboardInterrupt", said)
        self.assertNotEqual(program.returncode, 0)

        control("PUT", "faults", {"rules": []})
        control("POST", "reset")
        with client() as app:
            run = app.mailbox_settings_report(MAILBOXES, journal=journal)
            self.assertEqual([row["MailboxName"] for row in run], MAILBOXES)
            recalled = run.progress["recalled"]
        self.assertGreaterEqual(recalled, 10)
        # What the journal has is not asked for again.
        self.assertLessEqual(len(asked()), len(MAILBOXES) - recalled)

    def test_ctrl_c_leaves_a_journal_that_goes_on(self) -> None:
        self.interrupted(REPORT)

    def test_ctrl_c_does_so_under_asyncio(self) -> None:
        self.interrupted(ASYNC_REPORT)

    def test_ctrl_c_says_that_writes_are_waited_for_and_a_second_one_waits_for_nothing(self) -> None:
        control("PUT", "faults", {"rules": [{"kind": "write", "action": {"delayMs": 600_000}}]})
        program = script(WRITES)
        assert program.stdout is not None and program.stderr is not None
        self.assertEqual(program.stdout.readline(), "begun\n")
        while not asked():
            pass
        program.send_signal(signal.SIGINT)
        sent = None
        for line in program.stderr:
            if "nothing more is sent; waiting at most 6 seconds" in line:
                sent = asked()
                program.send_signal(signal.SIGINT)
                break
        _, said = program.communicate(timeout=LONG)
        self.assertIn("KeyboardInterrupt", said)
        self.assertEqual(sent, asked())


@unittest.skipUnless(hasattr(os, "fork"), "this system does not fork")
class Forked(Case):
    def in_child(self, body: Any) -> str:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                text = str(body())
            except BaseException as fault:
                text = f"{type(fault).__name__}: {fault}"
            os.write(writer, text.encode())
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as pipe:
            text = pipe.read()
        os.waitpid(child, 0)
        return text

    def test_what_was_made_before_a_fork_is_refused_in_the_child(self) -> None:
        with client() as app, app.mailbox_settings_report(MAILBOXES) as run:
            next(run)
            for body in (
                lambda: app.token_acquire(),
                lambda: next(run),
                lambda: client(),
                lambda: app.mailbox_settings_report(MAILBOXES),
            ):
                self.assertRegex(self.in_child(body), r"^ForkedError: this process .* was forked .*spawn")

            def ends() -> str:
                run.close()
                app.close()
                return "ended"

            # What the child ends is nothing of the parent's.
            self.assertEqual(self.in_child(ends), "ended")
            self.assertEqual(len(list(run)), len(MAILBOXES) - 1)

    def test_a_program_may_import_then_fork_then_use_it(self) -> None:
        program = script(
            "import multiprocessing, support, exrun\n"
            "def one(mailbox):\n"
            "    with support.client() as app:\n"
            "        return app.mailbox_settings_get(mailbox=mailbox, part='timeZone')['value']\n"
            "with multiprocessing.get_context('fork').Pool(2) as pool:\n"
            "    print(len(pool.map(one, support.MAILBOXES[:4])))\n"
        )
        output, said = program.communicate(timeout=LONG)
        self.assertEqual((output, program.returncode), ("4\n", 0), said)


class Threads(Case):
    def test_other_threads_go_on_while_a_run_waits(self) -> None:
        hold_replies()
        with client() as app:
            run = app.mailbox_settings_report(MAILBOXES[:1])
            ended = threading.Event()

            def waits() -> None:
                with self.assertRaises(exrun.CancelledError):
                    next(run)
                ended.set()

            thread = threading.Thread(target=waits)
            thread.start()
            turns = 0
            while turns < 10_000 and not ended.is_set():
                turns += 1
                time.sleep(0)
            self.assertFalse(ended.is_set())
            run.cancel()
            thread.join(LONG)
            self.assertTrue(ended.is_set())


class Told(Case):
    def test_events_go_to_the_log_with_all_that_they_say(self) -> None:
        rule = {"kind": "graph", "times": 1, "action": {"status": 429, "code": "TooManyRequests", "retryAfter": "0.01"}}
        with client() as app, self.assertLogs("exrun", logging.INFO) as logged:
            control("PUT", "faults", {"rules": [rule]})
            list(app.mailbox_settings_report(MAILBOXES[:1]))
        events = [record.exrun["event"] for record in logged.records]  # type: ignore[attr-defined]
        self.assertIn("throttled", events)

    def test_warnings_are_seen_where_no_logging_is_set_up(self) -> None:
        program = script(
            "import support\nwith support.client() as app:\n    list(app.mailbox_settings_report(support.MAILBOXES[:1]))\n"
        )
        output, said = program.communicate(timeout=LONG)
        self.assertEqual((output, program.returncode), ("", 0))
        # That the library was led to a test service, once; and nothing of tokens.
        self.assertEqual(said.count("every request of this process goes to"), 1, said)
        self.assertEqual(len(said.splitlines()), 1, said)

    def test_a_process_may_end_in_the_middle_of_a_run(self) -> None:
        hold_replies()
        program = script(
            "import support\napp = support.client()\nrun = app.mailbox_settings_report(support.MAILBOXES)\n"
            "run._turn()\nprint('left', flush=True)\n"
        )
        output, said = program.communicate(timeout=LONG)
        self.assertEqual((output, program.returncode), ("left\n", 0), said)

    def test_a_client_that_is_closed_says_so(self) -> None:
        app = client()
        app.close()
        app.close()
        self.assertIn("closed", repr(app))
        with self.assertRaisesRegex(exrun.StateError, "the client is closed"):
            app.token_acquire()


if __name__ == "__main__":
    multiprocessing.freeze_support()
    unittest.main()
