"""Runs that are disturbed in every way the emulator knows, and killed; each must end complete and right.

    soak.py FOLDER EMULATOR PYTHON_EXAMPLES MAILBOXES KILLS

FOLDER holds app.pfx, the certificate of the application in manifest.json. Ends with 0 when everything holds; the last
line counts what was checked.
"""

import csv
import io
import json
import os
import random
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from emulator import Emulator  # noqa: E402

TENANT = "1c3a18bf-da31-4f6c-a404-2c06c9cf5ae4"
APP = "084adbb3-f70c-498f-97a3-464e1f444d9a"
IN_FLIGHT = 64
COMMIT_GROUP = 256
# Of those that the last fault strikes, and so of the rows that must be errors.
FAILS, FAILS_AT = 200, 7

FAULTS = [
    # One in a hundred is throttled once, a third of them with each form of Retry-After.
    {"kind": "graph", "modulo": [300, 0], "times": 1, "action": {"status": 429, "code": "TooManyRequests", "retryAfter": "1"}},
    {"kind": "graph", "modulo": [300, 100], "times": 1, "action": {"status": 429, "code": "TooManyRequests", "retryAfter": "0.257"}},
    {"kind": "graph", "modulo": [300, 200], "times": 1, "action": {"status": 429, "code": "TooManyRequests", "retryAfterDate": 1}},
    # Half of one in a hundred fails three times.
    {"kind": "graph", "modulo": [200, 9], "times": 3, "action": {"status": 504, "message": ""}},
    # Connections break before and after the request was read; a body breaks off.
    {"kind": "graph", "modulo": [5000, 11], "times": 1, "action": {"reset": "before"}},
    {"kind": "graph", "modulo": [5000, 13], "times": 1, "action": {"reset": "after"}},
    {"kind": "graph", "modulo": [5000, 17], "times": 1, "action": {"truncate": True}},
    # Half of one in a hundred fails for good.
    {"kind": "graph", "modulo": [FAILS, FAILS_AT], "action": {"status": 404, "code": "MailboxNotEnabledForRESTAPI", "message": "The mailbox is either inactive, soft-deleted, or is hosted on-premise."}},
]


class Soak:
    def __init__(self, folder, emulator, examples, mailboxes, kills):
        self.folder, self.program, self.examples = folder, emulator, examples
        self.mailboxes, self.kills = mailboxes, kills
        self.passed, self.failed = 0, 0
        self.random = random.Random(20261125)
        self.names = subprocess.run(
            [emulator, "mailboxes", "--count", str(mailboxes)], check=True, capture_output=True, text=True
        ).stdout.split()
        self.expected = self.expected_rows()
        self.input = self.write("input.jsonl", "".join(json.dumps(name) + "\n" for name in self.names))
        self.few = self.write("few.jsonl", "".join(json.dumps(name) + "\n" for name in self.names[:10]))
        options = {"tenantId": TENANT, "clientId": APP, "credential": {"certificateFile": self.file("app.pfx")}}
        self.options = self.write("options.json", json.dumps(options))

    def expected_rows(self):
        text = subprocess.run(
            [self.program, "report", "--count", str(self.mailboxes)], check=True, capture_output=True
        ).stdout.decode("utf-8")
        return list(csv.reader(io.StringIO(text, newline="")))

    def file(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.file(name), "w", encoding="utf-8", newline="") as file:
            file.write(text)
        return self.file(name)

    def remove(self, *names):
        for name in names:
            for ending in ("", "-wal", "-shm", "-journal"):
                if os.path.exists(self.file(name) + ending):
                    os.remove(self.file(name) + ending)

    def check(self, holds, what, detail=""):
        self.passed, self.failed = self.passed + bool(holds), self.failed + (not holds)
        print("%s  %s%s" % ("ok    " if holds else "FAILED", what, "" if holds else ": %s" % (detail,)), flush=True)
        return holds

    def start(self, emulator, function, request, source, out):
        request = self.write("request.json", json.dumps(request))
        command = [sys.executable, "-B", os.path.join(HERE, "client.py"), self.examples, function]
        command += [self.options, request, source, self.file(out)]
        environment = dict(os.environ, **emulator.environment)
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)

    def run(self, emulator, function, request, source, out):
        child = self.start(emulator, function, request, source, out)
        said = child.communicate(timeout=3600)[0].strip()
        said = json.loads(said.splitlines()[-1]) if said else {}
        if child.returncode != 0:
            raise SystemExit("FAILED  a run ended with %s: %s" % (child.returncode, said.get("error", said)))
        return said

    def rows(self, out):
        with open(self.file(out), encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    def complete(self, rows, failing):
        """The first row that is wrong, if one is."""
        if len(rows) != self.mailboxes + 1:
            return "%d rows and not %d" % (len(rows) - 1, self.mailboxes)
        for index, (row, expected) in enumerate(zip(rows[1:], self.expected[1:])):
            if failing and index % FAILS == FAILS_AT:
                expected = [expected[0], "", "", "", ""]
            if row[:5] != expected[:5]:
                return "row %d is %r and not %r" % (index, row, expected)
        return None

    # The soaks ---------------------------------------------------------------------------------------------------

    def disturbed(self):
        """Every fault, tokens of ten seconds, all of them revoked in the middle: every row right and in order."""
        emulator = Emulator(self.program, self.folder, self.mailboxes, "--token-lifetime", "10")
        try:
            revoke = {"kind": "graph", "pathContains": self.names[self.mailboxes // 2].split("@")[0], "times": 1, "action": {"revokeTokens": True}}
            self.remove("rows.csv", "few.csv")
            few = self.run(emulator, "exrun_mailbox_settings_report", {"format": "csv"}, self.few, "few.csv")
            emulator.reset()
            emulator.faults([revoke] + FAULTS)
            request = {"format": "csv", "includeError": True, "maxConcurrency": IN_FLIGHT}
            said = self.run(emulator, "exrun_mailbox_settings_report", request, self.input, "rows.csv")
            state = emulator.state()
            wrong = self.complete(self.rows("rows.csv"), failing=True)
            self.check(wrong is None, "%d mailboxes under every fault: one right row each, in order" % self.mailboxes, wrong)
            self.check(state["tokensIssued"] >= 2, "the token was renewed %d times" % (state["tokensIssued"] - 1))
            self.check(state["statuses"].get("429", 0) > 0, "%d answers were 429" % state["statuses"].get("429", 0))
            grown = (said["memory"] - few["memory"]) / 1048576
            self.check(grown <= 16, "memory grew by %.1f MB over a run of ten mailboxes" % grown, "16 allowed")
        finally:
            emulator.stop()

    def killed(self):
        """Killed at random moments and resumed with its journal: the same rows, and nothing recorded asked again."""
        emulator = Emulator(self.program, self.folder, self.mailboxes, "--latency-ms", "2")
        try:
            self.remove("run.db", "rows.csv")
            request = {"format": "csv", "journal": self.file("run.db"), "maxConcurrency": IN_FLIGHT, "batch": "never"}
            given, asked = 0, {}
            for kill in range(self.kills):
                self.remove("rows.csv")
                child = self.start(emulator, "exrun_mailbox_settings_report", request, self.input, "rows.csv")
                done = self.wait_for_rows(child, "rows.csv", given + self.some(kill))
                child.kill()
                child.wait()
                rows = self.lines("rows.csv")
                given = max(given, rows)
                self.check(not done or kill > 0, "kill %d: %d rows had been given out" % (kill + 1, rows), "the run ended first")
                by_mailbox = emulator.state()["byMailbox"]
                asked = {index: by_mailbox.get(str(index), 0) for index in range(max(0, rows - 1))}
            self.remove("rows.csv")
            self.run(emulator, "exrun_mailbox_settings_report", request, self.input, "rows.csv")
            state = emulator.state()
            wrong = self.complete(self.rows("rows.csv"), failing=False)
            self.check(wrong is None, "resumed after %d kills: the rows of an undisturbed run" % self.kills, wrong)
            by_mailbox = state["byMailbox"]
            again = [self.names[index] for index, number in asked.items() if by_mailbox.get(str(index), 0) != number]
            self.check(not again, "of %d mailboxes whose rows had been given out none was asked again" % len(asked), again[:5])
            twice = sum(by_mailbox.values()) - self.mailboxes
            most = self.kills * (IN_FLIGHT + COMMIT_GROUP)
            self.check(twice <= most, "%d reads were sent twice, %d allowed" % (twice, most))
        finally:
            emulator.stop()

    def posted(self):
        """A POST to every mailbox, killed at random moments and resumed: none is carried out twice."""
        count = min(self.mailboxes, 20_000)
        source = self.write("posts.jsonl", "".join(json.dumps(name) + "\n" for name in self.names[:count]))
        emulator = Emulator(self.program, self.folder, self.mailboxes, "--latency-ms", "2")
        try:
            self.remove("posts.db", "posts.txt")
            emulator.faults([{"kind": "graph", "modulo": [400, 3], "times": 1, "action": {"reset": "after"}}, FAULTS[1]])
            request = {"format": "jsonl", "method": "POST", "path": "calendars", "body": {"name": "Made by a soak"}}
            request.update({"journal": self.file("posts.db"), "maxConcurrency": IN_FLIGHT})
            for kill in range(self.kills):
                self.remove("posts.txt")
                child = self.start(emulator, "exrun_mailbox_requests", request, source, "posts.txt")
                self.wait_for_rows(child, "posts.txt", (kill + 1) * count // (self.kills + 2))
                child.kill()
                child.wait()
            self.remove("posts.txt")
            said = self.run(emulator, "exrun_mailbox_requests", request, source, "posts.txt")
            made = emulator.state()["createdByMailbox"]
            twice = [index for index, number in made.items() if number > 1]
            self.check(not twice, "%d POSTs after %d kills and lost answers: none was carried out twice" % (count, self.kills), twice[:5])
            unknown = said["counts"]["outcomes"].get("OutcomeUnknown", 0)
            # As for reads: under way, or answered and not yet recorded; and those whose answer was lost.
            most = self.kills * (IN_FLIGHT + COMMIT_GROUP) + count // 400 + 1
            self.check(unknown <= most, "%d have an unknown outcome, %d allowed, and were not sent again" % (unknown, most))
            missing = count - unknown - len(made)
            self.check(missing <= 0, "every other one was carried out", "%d are missing" % missing)
        finally:
            emulator.stop()

    def listed(self):
        """Several lines a mailbox, each with its own body, in a list that changes between kills: each has its own row."""
        lines = 4
        mailboxes = min(self.mailboxes, 5_000)
        emulator = Emulator(self.program, self.folder, self.mailboxes, "--latency-ms", "2")
        try:
            self.remove("lists.db", "lists.txt")
            # Of some mailboxes one line is refused once, of others the answer to one is lost.
            emulator.faults([
                {"kind": "write", "bodyContains": "Line 0 ", "modulo": [5, 1], "times": 1, "action": {"status": 400, "code": "ErrorInvalidRequest", "message": ""}},
                {"kind": "write", "bodyContains": "Line 1 ", "modulo": [50, 3], "times": 1, "action": {"reset": "after"}},
                FAULTS[1],
            ])
            work = [(index, nth) for index in range(mailboxes) for nth in range(lines)]
            subject = lambda index, nth: "Line %d of %d" % (nth, index)  # noqa: E731
            request = {"format": "jsonl", "method": "POST", "path": "messages", "journal": self.file("lists.db")}
            request.update({"maxConcurrency": IN_FLIGHT, "retryFailed": True})
            wrong, unknown, failed = [], 0, 0
            for kill in range(self.kills + 1):
                is_last = kill == self.kills
                # Shortened, lengthened and in another order each time; at last all of it.
                chosen = self.random.sample(work, len(work) if is_last else len(work) * 3 // 4)
                text = "".join(
                    json.dumps({"MailboxName": self.names[index], "@body": {"subject": subject(index, nth)}}) + "\n"
                    for index, nth in chosen
                )
                source = self.write("lists.jsonl", text)
                self.remove("lists.txt")
                if is_last:
                    emulator.faults([])
                    self.run(emulator, "exrun_mailbox_requests", request, source, "lists.txt")
                else:
                    child = self.start(emulator, "exrun_mailbox_requests", request, source, "lists.txt")
                    self.wait_for_rows(child, "lists.txt", (kill + 1) * len(work) // (self.kills + 2))
                    child.kill()
                    child.wait()
                rows = self.json_rows("lists.txt")
                for (index, nth), row in zip(chosen, rows):
                    error = row.get("error", {}).get("name")
                    is_own = row["MailboxName"] == self.names[index] and row.get("subject", subject(index, nth)) == subject(index, nth)
                    if not is_own or (error is not None and error not in ("Service", "OutcomeUnknown")):
                        wrong.append((index, nth, row))
                    if is_last:
                        unknown += error == "OutcomeUnknown"
                        failed += error == "Service"
                if is_last and len(rows) != len(work):
                    wrong.append("%d rows for %d lines" % (len(rows), len(work)))
            self.check(not wrong, "%d lines of %d mailboxes in lists that change: each row is its line's own" % (len(work), mailboxes), wrong[:2])
            done = {}
            for write in emulator.writes():
                if write["done"]:
                    made = (write["mailbox"], json.loads(write["body"])["subject"])
                    done[made] = done.get(made, 0) + 1
            twice = [made for made, number in done.items() if number > 1]
            self.check(not twice, "after %d kills none of their POSTs was carried out twice" % self.kills, twice[:3])
            self.check(failed == 0, "what was refused was sent again", "%d are failures still" % failed)
            missing = len(work) - unknown - len(done)
            self.check(missing <= 0, "every line but the %d in doubt was carried out" % unknown, "%d are missing" % missing)
            most = self.kills * (IN_FLIGHT + COMMIT_GROUP) + mailboxes // 50 + 1
            self.check(unknown <= most, "no more of them are in doubt than were under way", "%d, %d allowed" % (unknown, most))
        finally:
            emulator.stop()

    def written(self):
        """Settings written under every fault: each mailbox has exactly what was wanted."""
        count = min(self.mailboxes, 20_000)
        source = self.write("writes.jsonl", "".join(json.dumps(name) + "\n" for name in self.names[:count]))
        emulator = Emulator(self.program, self.folder, self.mailboxes, "--token-lifetime", "10")
        try:
            self.remove("writes.txt", "undo.jsonl", "after.csv")
            # Each mailbox is read before it is written: these strike the writes.
            emulator.faults([dict(rule, method="PATCH") for rule in FAULTS[:-1]] + FAULTS[-1:])
            wanted = {"timeZone": "Tokyo Standard Time", "language": {"locale": "ja-JP"}}
            request = {"format": "jsonl", "settings": wanted, "ifDifferent": True, "undoFile": self.file("undo.jsonl")}
            self.run(emulator, "exrun_mailbox_settings_apply", request, source, "writes.txt")
            written = emulator.state()["writesByMailbox"]
            again = sum(number - 1 for number in written.values() if number > 1)
            emulator.faults([FAULTS[-1]])
            self.run(emulator, "exrun_mailbox_settings_report", {"format": "csv"}, source, "after.csv")
            wrong = [
                row for index, row in enumerate(self.rows("after.csv")[1:])
                if index % FAILS != FAILS_AT and (row[2], row[3]) != ("ja-JP", "Tokyo Standard Time")
            ]
            self.check(not wrong, "%d mailboxes written under every fault: each as wanted" % count, wrong[:3])
            print("        %d writes were sent more than once: throttled, or read back and found not done" % again)
            with open(self.file("undo.jsonl"), encoding="utf-8") as undo:
                kept = {json.loads(line)["MailboxName"] for line in undo}
            missing = [self.names[int(index)] for index in written if self.names[int(index)] not in kept]
            self.check(not missing, "the undo file holds what each of them had before", missing[:5])
        finally:
            emulator.stop()

    # Helpers -----------------------------------------------------------------------------------------------------

    def some(self, kill):
        """How many further rows to let pass before a kill."""
        share = self.mailboxes // (self.kills + 2)
        return self.random.randint(share // 2, share) if kill else self.random.randint(1, share)

    def lines(self, name):
        try:
            with open(self.file(name), "rb") as file:
                return file.read().count(b"\n")
        except FileNotFoundError:
            return 0

    def json_rows(self, name):
        """The whole lines of a file of rows; a kill may have cut off the last."""
        try:
            with open(self.file(name), encoding="utf-8") as file:
                return [json.loads(line) for line in file if line.endswith("\n")]
        except FileNotFoundError:
            return []

    def wait_for_rows(self, child, name, number):
        """Until so many rows were given out; whether the run ended before."""
        until = time.monotonic() + 600
        while self.lines(name) < number and time.monotonic() < until:
            if child.poll() is not None:
                return True
            time.sleep(0.02)
        return False


def main():
    folder, emulator, examples, mailboxes, kills = sys.argv[1:]
    soak = Soak(folder, emulator, examples, int(mailboxes), int(kills))
    soak.disturbed()
    soak.killed()
    soak.posted()
    soak.listed()
    soak.written()
    print("soak: %d passed, %d failed" % (soak.passed, soak.failed))
    return 1 if soak.failed else 0


sys.exit(main())
