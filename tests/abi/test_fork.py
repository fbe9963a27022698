"""A forked child has none of the library's threads: every call says so, and touches nothing."""

import ctypes
import os
import unittest

import exrun_abi as abi


def calls_in_child():
    """Names of the functions that do anything else than say FORKED, in a child that has just been forked."""
    wrong = []
    for name, parameters in abi.FUNCTIONS.items():
        error = ctypes.c_int64(-1)
        arguments = []
        for kind, word in parameters:
            if word == "error" and kind == "int64_t *":
                arguments.append(ctypes.byref(error))
            else:
                arguments.append(None if kind.endswith("*") else 0)
        status = getattr(abi.LIBRARY, name)(*arguments)
        left_empty = error.value == 0 or not any(word == "error" and "*" in kind for kind, word in parameters)
        if status != abi.ERROR_FORKED or not left_empty:
            wrong.append(f"{name} gave {status} and error {error.value}")
    return wrong


@unittest.skipUnless(hasattr(os, "fork"), "this system does not fork")
class Fork(unittest.TestCase):
    def fork(self, body):
        """Runs `body` in a child; gives what it returns as text."""
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                text = "\n".join(body())
            except BaseException as fault:
                text = repr(fault)
            os.write(writer, text.encode()[:60_000])
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            text = pipe.read().decode()
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        return text

    def test_every_call_in_a_child_is_refused(self):
        client = abi.new_client()
        operation, stream = abi.new_operation(client), abi.new_stream(client)
        self.assertEqual(self.fork(calls_in_child), "")
        # And a child of that child.
        self.assertEqual(self.fork(lambda: [self.fork(calls_in_child)]), "")

        # The parent goes on as before.
        self.assertEqual(abi.call("operation_wait", operation, 0)[0], abi.PENDING)
        for kind, handle in (("operation", operation), ("stream", stream), ("client", client)):
            abi.call(kind + "_free", handle)
        self.assertEqual(set(abi.open_handles().values()), {0})

    def test_outputs_are_empty_in_a_child(self):
        def body():
            data, length, secret = ctypes.c_void_p(1), ctypes.c_int64(-1), ctypes.c_int64(-1)
            abi.LIBRARY.exrun_version(ctypes.byref(data), ctypes.byref(length), None)
            abi.LIBRARY.exrun_secret_new(b"x", 1, ctypes.byref(secret), None)
            return [] if (data.value, length.value, secret.value) == (None, 0, 0) else ["an output was not empty"]

        abi.open_handles()
        self.assertEqual(self.fork(body), "")


if __name__ == "__main__":
    unittest.main()
