"""Objects live from their making to their free, and not a call longer."""

import ctypes
import unittest

import exrun_abi as abi


def make():
    """(kind, handle) of one object of each kind."""
    client = abi.new_client()
    yield "operation", abi.new_operation(client)
    yield "stream", abi.new_stream(client)
    yield "client", client
    yield "secret", abi.new_secret()
    yield "error", abi.new_error()


# A call of each function that takes a handle of the kind.
USES = {
    "client": lambda it: [
        ("token_acquire", it, b""),
        ("assertion_create", it, b""),
        ("mailbox_settings_get", it, b'{"mailbox":"a"}'),
        ("tenant_id_get", it, b'{"domain":"a"}'),
        ("mailbox_settings_update", it, b'{"mailbox":"a","settings":{"timeZone":"UTC"}}'),
        ("mailboxes_count", it, b'{"source":{"all":true}}'),
        ("mailbox_settings_report", it, b""),
        ("mailbox_settings_apply", it, b'{"settings":{"timeZone":"UTC"}}'),
        ("plan_apply", it, b'{"plan":"a"}'),
        ("signature_request", it),
        ("signature_provide", it, 1, b"s"),
        ("signature_decline", it, 1),
    ],
    "operation": lambda it: [
        ("operation_wait", it, 0),
        ("operation_take", it),
        ("operation_events", it),
        ("operation_cancel", it),
    ],
    "stream": lambda it: [
        ("stream_push", it, b'"a"\n'),
        ("stream_finish_input", it),
        ("stream_next", it, 0, 0),
        ("stream_progress", it),
        ("stream_events", it),
        ("stream_cancel", it),
    ],
    "secret": lambda it: [("secret_read", it)],
    "error": lambda it: [("error_json", it)],
}


class Handles(unittest.TestCase):
    def tearDown(self):
        self.assertEqual(set(abi.open_handles().values()), {0})

    def stale(self, name, *inputs):
        with self.subTest(name), self.assertRaises(abi.Failed) as raised:
            abi.call(name, *inputs)
        self.assertEqual(raised.exception.status, abi.ERROR_INVALID_HANDLE)

    def test_numbers_are_exact_as_doubles_and_differ(self):
        objects = dict(make())
        for handle in objects.values():
            self.assertTrue(1 <= handle < 2**53, handle)
        self.assertEqual(len(set(objects.values())), len(objects))
        for kind, handle in objects.items():
            abi.call(kind + "_free", handle)

    def test_a_freed_handle_is_refused_by_every_function(self):
        for kind, handle in make():
            abi.call(kind + "_free", handle)
            self.stale(kind + "_free", handle)
            for use in USES[kind](handle):
                self.stale(*use)

    def test_a_freed_handle_stays_refused_when_its_place_is_used_again(self):
        first = abi.new_secret()
        abi.call("secret_free", first)
        others = [abi.new_secret() for _ in range(100)]
        self.assertNotIn(first, others)
        self.stale("secret_read", first)
        for other in others:
            abi.call("secret_free", other)

    def test_many_objects(self):
        secrets = [abi.new_secret(b"%d" % number) for number in range(20_000)]
        self.assertEqual(abi.open_handles()["secret"], 20_000)
        self.assertEqual(abi.value("secret_read", secrets[12_345]), b"12345")
        for secret in secrets:
            abi.call("secret_free", secret)

    def test_bytes_come_back_once(self):
        data, length = ctypes.c_void_p(), ctypes.c_int64()
        status = abi.LIBRARY.exrun_version(ctypes.byref(data), ctypes.byref(length), None)
        self.assertEqual(status, abi.OK)
        inside = ctypes.c_void_p(data.value + 1)
        own = ctypes.create_string_buffer(16)
        self.assertEqual(abi.LIBRARY.exrun_bytes_free(inside), abi.ERROR_FOREIGN_BYTES)
        self.assertEqual(abi.LIBRARY.exrun_bytes_free(ctypes.addressof(own)), abi.ERROR_FOREIGN_BYTES)
        self.assertEqual(abi.LIBRARY.exrun_bytes_free(data), abi.OK)
        self.assertEqual(abi.LIBRARY.exrun_bytes_free(data), abi.ERROR_FOREIGN_BYTES)
        self.assertEqual(abi.LIBRARY.exrun_bytes_free(None), abi.OK)


if __name__ == "__main__":
    unittest.main()
