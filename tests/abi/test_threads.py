"""Waits are short, any number of threads may call at once, and a free ends what waits."""

import threading
import time
import unittest

import exrun_abi as abi


def until_it_ends(name, *inputs):
    """Calls until the status is not PENDING; gives the status, the negative ones too."""
    while True:
        try:
            status = abi.call(name, *inputs)[0]
        except abi.Failed as failed:
            return failed.status
        if status != abi.PENDING:
            return status


class Waiting(unittest.TestCase):
    def setUp(self):
        self.client = abi.new_client()

    def tearDown(self):
        abi.call("client_free", self.client)
        self.assertEqual(set(abi.open_handles().values()), {0})

    def waits(self):
        """(kind, handle, the call that waits) of an operation and of a stream in flight."""
        operation = abi.new_operation(self.client)
        yield "operation", operation, lambda timeout: ("operation_wait", operation, timeout)
        stream = abi.new_stream(self.client)
        yield "stream", stream, lambda timeout: ("stream_next", stream, timeout, 0)

    def test_no_wait_is_longer_than_a_second(self):
        for kind, handle, wait in self.waits():
            for timeout, expected in ((0, 0), (-5, 0), (200, 0.2), (2**31 - 1, 1.0)):
                with self.subTest(kind=kind, timeout=timeout):
                    start = time.monotonic()
                    self.assertEqual(abi.call(*wait(timeout))[0], abi.PENDING)
                    taken = time.monotonic() - start
                    self.assertGreaterEqual(taken, expected - 0.02)
                    # The upper bound leaves room for a machine under load: without the clamp it would be weeks.
                    self.assertLess(taken, expected + 30)
            abi.call(kind + "_free", handle)

    def test_a_free_ends_every_wait(self):
        for kind, handle, wait in self.waits():
            with self.subTest(kind):
                ended = []
                threads = [
                    threading.Thread(target=lambda: ended.append(until_it_ends(*wait(1000)))) for _ in range(4)
                ]
                for thread in threads:
                    thread.start()
                time.sleep(0.2)
                abi.call(kind + "_free", handle)
                for thread in threads:
                    thread.join(60)
                # The free came during a wait, or between two.
                self.assertEqual(len(ended), 4)
                self.assertLessEqual(set(ended), {abi.ERROR_CANCELLED, abi.ERROR_INVALID_HANDLE})

    def test_other_calls_go_on_while_one_waits(self):
        stream = abi.new_stream(self.client)
        waits = []

        def wait():
            while not waits or waits[-1] == abi.PENDING:
                try:
                    waits.append(abi.call("stream_next", stream, 1000, 0)[0])
                except abi.Failed as failed:
                    waits.append(failed.status)

        thread = threading.Thread(target=wait)
        thread.start()
        for number in range(100):
            self.assertEqual(abi.value("stream_push", stream, b'"x"\n'), 4)
            abi.value("stream_progress", stream)
            abi.value("stream_events", stream)
        # None of the 300 calls waited for a wait to end.
        self.assertLess(len(waits), 100)
        abi.call("stream_free", stream)
        thread.join()

    def test_two_nexts_at_once_take_turns(self):
        # Lines that are no JSON are rows at once, with nothing to wait for.
        stream = abi.value("mailbox_settings_report", self.client, b"")
        rows, statuses = [], []

        def read():
            while True:
                status, data, count = abi.call("stream_next", stream, 1000, 3)
                if status == abi.OK:
                    lines = data.splitlines()
                    self.assertEqual(len(lines), count)
                    self.assertLessEqual(count, 3)
                    rows.extend(lines)
                elif status != abi.PENDING:
                    statuses.append(status)
                    return

        readers = [threading.Thread(target=read) for _ in range(2)]
        for reader in readers:
            reader.start()
        lines = b"".join(b"no JSON %d\n" % number for number in range(200))
        while lines:
            lines = lines[abi.value("stream_push", stream, lines) :]
        abi.call("stream_finish_input", stream)
        for reader in readers:
            reader.join()
        self.assertEqual(statuses, [abi.END, abi.END])
        self.assertEqual(len(rows), 200)
        abi.call("stream_free", stream)


if __name__ == "__main__":
    unittest.main()
