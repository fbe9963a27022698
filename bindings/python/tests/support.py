"""What the tests stand on: an emulated tenant that somebody else started and described in EXRUN_TEST.

EXRUN_TEST is JSON: `{"tenant", "client", "secret", "pfx", "locked", "password", "pem", "mailboxes", "broken",
"identity"}`: files of the app's certificate (`locked` has the password), a file with the mailboxes' addresses, those that
answer with an error, and the variables of a managed identity. EXRUN_CONNECT_TO and EXRUN_CA_FILE lead to it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import unittest
import urllib.request
from pathlib import Path
from typing import Any

import exrun

GIVEN: dict[str, Any] = json.loads(os.environ["EXRUN_TEST"])
TENANT: str = GIVEN["tenant"]
APP: str = GIVEN["client"]
SECRET: str = GIVEN["secret"]
MAILBOXES: list[str] = Path(GIVEN["mailboxes"]).read_text("utf-8").split()
BROKEN: list[str] = GIVEN["broken"]
#: Longer than anything here takes.
LONG = 60
#: Replies that are held come later than that.
HELD_MS = 600_000

# A proxy of this machine is not what is tested.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def control(method: str, path: str, body: object = None) -> Any:
    """Asks the emulator itself."""
    data = None if body is None else json.dumps(body).encode("utf-8")
    url = f"http://{os.environ['EXRUN_CONNECT_TO']}/_emulator/{path}"
    with _opener.open(urllib.request.Request(url, data=data, method=method), timeout=LONG) as reply:
        return json.load(reply)


def hold_replies(kind: str = "graph") -> None:
    """Replies of Graph come when nobody waits any more."""
    control("PUT", "faults", {"rules": [{"kind": kind, "action": {"delayMs": HELD_MS}}]})


def asked() -> dict[str, int]:
    """How often each mailbox was asked for."""
    found: dict[str, int] = control("GET", "state")["byMailbox"]
    return found


def client(**options: Any) -> exrun.Client:
    """The app, by its secret."""
    return exrun.Client(TENANT, APP, exrun.ClientSecret(SECRET), **options)


def script(text: str, *arguments: str) -> subprocess.Popen[str]:
    """Another Python, in this folder, that Ctrl+C interrupts: what a shell starts in the background passes on that it does not."""
    heeding = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
    return subprocess.Popen(
        [sys.executable, "-B", "-c", heeding + text, *arguments],
        cwd=Path(__file__).parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


class Case(unittest.TestCase):
    """A test with a folder, an emulator that remembers nothing, and no object of the library left at its end."""

    def setUp(self) -> None:
        control("PUT", "faults", {"rules": []})
        control("POST", "reset")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def tearDown(self) -> None:
        control("PUT", "faults", {"rules": []})
        left = {kind: count for kind, count in exrun.open_handles().items() if count}
        self.assertEqual(left, {}, "objects of the library were left")
