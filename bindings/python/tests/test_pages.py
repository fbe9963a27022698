"""The programs of the pages run as they stand."""

from __future__ import annotations

import contextlib
import io
import os
import re
import unittest
from pathlib import Path

from support import APP, BROKEN, MAILBOXES, SECRET, TENANT, Case, control

import exrun

PAGES = Path(__file__).resolve().parents[3] / "docs"


class Pages(Case):
    def test_the_jobs_of_exchangelibs_users(self) -> None:
        text = (PAGES / "exchangelib.md").read_text("utf-8")
        blocks = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        self.assertEqual(len(blocks), 4)
        mailboxes = [mailbox for mailbox in MAILBOXES if mailbox not in BROKEN][:4]
        names = {"tenant_id": TENANT, "client_id": APP, "client_secret": SECRET, "mailboxes": mailboxes}
        before = Path.cwd()
        os.chdir(self.folder)
        self.addCleanup(os.chdir, before)
        printed = []
        for block in blocks:
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(compile(block, "exchangelib.md", "exec"), names)
            printed.append(out.getvalue().splitlines())
        report, away, newest, sent = printed
        self.assertEqual([line.split()[0] for line in report], mailboxes)
        self.assertEqual(away, [f"{mailbox} Changed" for mailbox in mailboxes])
        self.assertGreater(len(newest), len(mailboxes))
        self.assertEqual(sent, [])
        writes = control("GET", "writes")
        self.assertEqual(len(writes), len(mailboxes) + 3, writes)
        client = names["client"]
        self.assertIsInstance(client, exrun.Client)


if __name__ == "__main__":
    unittest.main()
