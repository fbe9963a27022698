"""What the Python peers share: where to ask, for whom, and the row that each reply becomes."""

import csv
import os
import ssl
import sys
from urllib.parse import quote

LIST, IN_FLIGHT, OUT = sys.argv[1], int(sys.argv[2]), sys.argv[3]
CA_FILE = os.environ["EXRUN_CA_FILE"]
# The emulator answers as Graph on localhost too, for clients that cannot be led to it by other means.
BASE = "https://localhost:%s/v1.0" % os.environ["EXRUN_CONNECT_TO"].rsplit(":", 1)[1]
HEADERS = {"Authorization": "Bearer " + os.environ["EXRUN_BENCH_TOKEN"], "Accept": "application/json"}


def tls():
    return ssl.create_default_context(cafile=CA_FILE)


def mailboxes():
    with open(LIST, encoding="utf-8") as lines:
        return [line.rstrip("\n") for line in lines]


def path(mailbox):
    return "/users/%s/mailboxSettings" % quote(mailbox, safe="@")


def row(mailbox, settings):
    language = settings.get("language") or {}
    replies = settings.get("automaticRepliesSetting") or {}
    return [mailbox, language.get("displayName"), language.get("locale"), settings.get("timeZone"), replies.get("status")]


def write(rows):
    with open(OUT, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
