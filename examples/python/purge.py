#!/usr/bin/env python3
"""Saves what a sender has sent to mailboxes, and deletes it so that it can be recovered: the plan first, then the rest.

    pip install exrun
    python3 purge.py --tenant contoso.com --client <appId> --certificate app.pfx --mailboxes mailboxes.txt \\
        --sender eve@evil.example --folder case-4711            # finds, saves and plans; deletes nothing
    python3 purge.py ... --folder case-4711 --maximum 500       # does the plan that lies there

The folder then holds the messages with their hashes, the plan, the plan that takes it back, and the audit.
"""

from __future__ import annotations

import argparse
import pathlib
import sys

import exrun


def find(client: exrun.Client, arguments: argparse.Namespace, folder: pathlib.Path) -> int:
    """Finds messages, plans what becomes of them, and saves them; gives how many there are."""
    with open(arguments.mailboxes, encoding="utf-8") as source:
        mailboxes = [line.strip() for line in source if line.strip()]
    found = list(
        client.mailbox_items_report(
            mailboxes, facet="messages", sender=arguments.sender, plan_file=folder / "plan.jsonl", action="softDelete"
        )
    )
    failed = [row for row in found if row.error is not None]
    for row in failed:
        print(f"{row['MailboxName']}: {row.error}", file=sys.stderr)
    messages = [row for row in found if row.get("MessageId")]
    for saved in client.messages_export(messages, out_folder=folder / "evidence", attachments=True):
        saved.raise_for_error()
    return len(messages)


def purge(client: exrun.Client, arguments: argparse.Namespace, folder: pathlib.Path) -> dict[str, int]:
    """Does the plan; gives how many lines came to which end."""
    outcomes: dict[str, int] = {}
    for row in client.plan_apply(
        plan=folder / "plan.jsonl",
        maximum=arguments.maximum,
        journal=folder / "run.db",
        undo_plan=folder / "undo.jsonl",
        audit_file=folder / "audit.jsonl",
    ):
        outcomes[row["Outcome"]] = outcomes.get(row["Outcome"], 0) + 1
    audit = exrun.audit_verify(audit_file=folder / "audit.jsonl")
    if not audit["isWhole"]:
        raise SystemExit(f"the audit is not whole: {audit['message']}")
    return outcomes


def main() -> int:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tenant", required=True, help="id or domain of the tenant")
    parser.add_argument("--client", required=True, help="application (client) id")
    parser.add_argument("--certificate", required=True, help="PFX or PEM file with the app's certificate and key")
    parser.add_argument("--mailboxes", required=True, help="text file, one mailbox a line")
    parser.add_argument("--sender", required=True, help="address of the sender, or @domain")
    parser.add_argument("--folder", required=True, type=pathlib.Path, help="folder of the case")
    parser.add_argument("--maximum", type=int, help="does the plan, if it has no more lines than this")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with exrun.Client(arguments.tenant, arguments.client, exrun.Certificate(arguments.certificate)) as client:
        if arguments.maximum is None:
            print(f"{find(client, arguments, arguments.folder)} messages found, saved and planned for")
        else:
            print(purge(client, arguments, arguments.folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
