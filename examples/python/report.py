#!/usr/bin/env python3
"""The mailbox settings of every mailbox in a file, as CSV.

    pip install exrun
    python3 report.py --tenant contoso.com --client <appId> --certificate app.pfx --password-env PFX_PASSWORD \\
        --mailboxes mailboxes.txt --out report.csv

One mailbox a line in, one row a line out, in the same order. Ends with 0 when every mailbox could be read, with 2
when some could not (their rows are there, without settings), with 1 when the run itself failed.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections.abc import Iterator

import exrun

COLUMNS = ["MailboxName", "Language", "Locale", "TimeZone", "AutomaticReplyStatus"]


def lines(path: str) -> Iterator[str]:
    """The mailboxes of a file; any number of them needs no more memory than a few."""
    with open(path, encoding="utf-8", newline="") as source:
        for line in source:
            yield line.rstrip("\n").rstrip("\r")


def report(arguments: argparse.Namespace) -> tuple[int, int]:
    """Writes the report; gives how many rows there are, and how many failed."""
    password = os.environ[arguments.password_env] if arguments.password_env else None
    credential = exrun.Certificate(arguments.certificate, password=password)
    request: exrun.requests.MailboxSettingsReport = {"columns": COLUMNS}
    if arguments.concurrency:
        request["max_concurrency"] = arguments.concurrency
    if arguments.batch:
        request["batch"] = arguments.batch
    if arguments.journal:
        request["journal"] = arguments.journal
    if arguments.shard:
        request["shard"] = arguments.shard

    rows = failed = 0
    columns = COLUMNS + (["ErrorCode", "ErrorMessage"] if arguments.errors else [])
    with exrun.Client(arguments.tenant, arguments.client, credential) as client, open(
        arguments.out, "w", encoding="utf-8", newline=""
    ) as out, client.mailbox_settings_report(lines(arguments.mailboxes), **request) as run:
        writer = csv.writer(out)
        writer.writerow(columns)
        for row in run:
            values = [row[column] for column in COLUMNS]
            if arguments.errors:
                values += [row.error.name, row.error.message] if row.error else ["", ""]
            writer.writerow(values)
            rows += 1
            failed += row.error is not None
    return rows, failed


def main() -> int:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tenant", required=True, help="id or domain of the tenant")
    parser.add_argument("--client", required=True, help="application (client) id")
    parser.add_argument("--certificate", required=True, help="PFX or PEM file with the app's certificate and key")
    parser.add_argument("--password-env", help="environment variable that holds the file's password")
    parser.add_argument("--mailboxes", required=True, help="text file, one mailbox a line")
    parser.add_argument("--out", required=True, help="CSV file to write")
    parser.add_argument("--concurrency", type=int, help="most requests at a time")
    parser.add_argument("--batch", choices=("auto", "never", "always"), help="whether reads go in $batch requests")
    parser.add_argument("--journal", help="file that makes the run resumable: go on where a run with it ended")
    parser.add_argument("--shard", help="only a share of the mailboxes, such as 3/8")
    parser.add_argument("--errors", action="store_true", help="add columns that say why a mailbox failed")
    arguments = parser.parse_args()
    if arguments.password_env and arguments.password_env not in os.environ:
        parser.error(f"the environment variable {arguments.password_env} is not set")

    try:
        rows, failed = report(arguments)
    except (exrun.ExRunError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{rows} rows, {failed} failed", file=sys.stderr)
    if failed and not arguments.errors:
        print("--errors adds the columns that say why a mailbox failed", file=sys.stderr)
    return 2 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
