"""A run that reads mailboxes, by the Python package: `settings`, or the facets that are compared with a wanted state.

    state.py PACKAGE TENANT CLIENT PFX LIST IN_FLIGHT COUNTS settings|FACETS

FACETS are the names of parts, with commas between. COUNTS is a file that gets the counts of the run.
"""

import json
import sys

sys.path.insert(0, sys.argv[1])
import exrun  # noqa: E402

# Of each part something to be there and something to be gone, so that there is drift and there is none.
WANTED = {
    "settings": {"items": {"timeZone": "UTC"}},
    "inboxRules": {"mode": "absent", "items": ["Forward all"]},
    "calendarPermissions": {"mode": "absent", "items": ["eve@evil.example"]},
    "categories": {"mode": "exact", "scope": {"prefix": "Corp "}, "items": []},
    "mailFolders": {"items": [{"path": "Projects"}]},
    "contacts": {"mode": "exact", "scope": {"folder": "Company"}, "items": []},
}


def main() -> None:
    tenant, app, certificate, mailboxes, in_flight, counts, what = sys.argv[2:]
    rows = failed = 0
    with open(mailboxes, encoding="utf-8") as lines, exrun.Client(tenant, app, exrun.Certificate(certificate)) as client:
        names = (line.strip() for line in lines)
        most = int(in_flight)
        if what == "settings":
            run = client.mailbox_settings_report(names, max_concurrency=most)
        else:
            state = {name: WANTED[name] for name in what.split(",") if name}
            run = client.mailbox_state_plan(names, state=state, max_concurrency=most, include_empty=True)
        with run:
            for row in run:
                rows += 1
                failed += row.error is not None
            progress = run.progress
    with open(counts, "w", encoding="utf-8") as out:
        json.dump({"rows": rows, "failed": failed, "requests": progress["requests"]}, out)
    # As the examples: 2 where some mailboxes could not be read.
    sys.exit(2 if failed else 0)


main()
