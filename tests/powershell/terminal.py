"""Presses Ctrl+C at the prompt of a PowerShell on a terminal, and counts what the run it stops had sent.

Reads JSON from standard input: `shell` (the program), `lines` (typed first), `cuts`, each with a `name`, a `line` to type
and `after` how many requests it is cut, and `marker` (a line that sends one request). Writes for each cut what the library counted when it had stopped the
run (`sent`), the rows that were taken (`$n`), the runs that were left open, and what the emulator counted in the end.
Unix only: Windows has no such terminals.
"""

import json
import os
import pty
import re
import select
import ssl
import sys
import time
import urllib.request

DEADLINE = 60
# What a terminal is told rather than shown: it may stand in the middle of an answer.
CONTROL = re.compile(rb"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[=>])")


class Terminal:
    def __init__(self, program):
        self.text = b""
        self.said = 0
        pid, self.file = pty.fork()
        if pid == 0:
            os.environ["TERM"] = "xterm"
            # The line editor draws what is typed; a plain prompt is easier to read.
            first = "Remove-Module PSReadLine -ErrorAction Ignore; '<' + '0>' + 'ready'"
            os.execv(program, [program, "-NoProfile", "-NoLogo", "-NoExit", "-Command", first])
        self.process = pid
        self.wait(0, b"<0>", b"ready")

    def read(self, seconds):
        """Reads what has come, and says whether anything had; questions for the cursor's place are answered."""
        if not select.select([self.file], [], [], seconds)[0]:
            return False
        try:
            text = os.read(self.file, 65536)
        except OSError as error:
            # Nobody is at the other end any more: the shell ended by itself.
            _, status = os.waitpid(self.process, 0)
            raise RuntimeError(f"the shell ended with {os.waitstatus_to_exitcode(status)}") from error
        self.text += text
        for _ in range(text.count(b"\x1b[6n")):
            os.write(self.file, b"\x1b[1;1R")
        return True

    def type(self, line):
        os.write(self.file, line.encode() + b"\r")

    def ask(self, expression=""):
        """Types a line and waits for what it says, which the echo of the line itself is not."""
        self.said += 1
        mark = f"<{self.said}>"
        begin = len(self.text)
        self.type(f"'<' + '{self.said}>' + ({expression or '0'}) + '<' + 'end>'")
        answer = CONTROL.sub(b"", self.wait(begin, mark.encode(), b"<end>")).decode(errors="replace")
        # What is typed before the prompt is there may be lost.
        self.wait(self.text.find(b"<end>", self.text.find(mark.encode(), begin)), b"PS ", b"> ")
        while self.read(0.1):
            pass
        return answer

    def wait(self, begin, mark, end):
        until = time.monotonic() + DEADLINE
        while time.monotonic() < until:
            found = self.text.find(mark, begin)
            last = self.text.find(end, found) if found >= 0 else -1
            if last >= 0:
                return self.text[found + len(mark):last]
            self.read(0.05)
        raise TimeoutError(self.text[begin:].decode(errors="replace"))


def state():
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    with opener.open(f"https://{os.environ['EXRUN_CONNECT_TO']}/_emulator/state") as reply:
        return json.load(reply)


def until(terminal, what):
    deadline = time.monotonic() + DEADLINE
    while not what(now := state()):
        # The shell asks for the cursor's place with every character.
        while terminal.read(0.05):
            pass
        if time.monotonic() > deadline:
            raise TimeoutError(str(now))
    return now


def cut(terminal, line, after, marker):
    before = state()
    graph, written = before["requests"].get("graph", 0), sum(before["writesByMailbox"].values())
    terminal.ask("$global:n = 0")
    terminal.type(line)
    until(terminal, lambda now: now["requests"].get("graph", 0) >= graph + after)
    os.write(terminal.file, b"\x03")
    sent = terminal.ask(
        "& (Get-Module ExRun) { [regex]::Match([Text.Encoding]::UTF8.GetString($script:LastRun.Counts), 'requests\":(\\d+)').Groups[1].Value"
        " + ' ' + $global:n + ' ' + $script:OpenRuns.Count }"
    )
    counts = re.fullmatch(r"(\d+) (\d+) (\d+)", sent.strip())
    if counts is None:
        raise ValueError(f"the library's count, the rows taken and the runs left open were to be said: {sent!r}")
    requests, taken, left = (int(number) for number in counts.groups())
    until(terminal, lambda now: now["inFlight"] == 0)
    terminal.ask(marker)
    now = state()
    return {
        "sent": requests,
        "taken": taken,
        "open": left,
        "came": now["requests"]["graph"] - graph - 1,
        "written": sum(now["writesByMailbox"].values()) - written,
    }


def main():
    job = json.load(sys.stdin)
    terminal = Terminal(job["shell"])
    for line in job["lines"]:
        terminal.type(line)
        terminal.ask()
    cuts = []
    for each in job["cuts"]:
        try:
            cuts.append({"name": each["name"], **cut(terminal, each["line"], each["after"], job["marker"])})
        except Exception as error:
            shown = CONTROL.sub(b"", terminal.text[-2000:]).decode(errors="replace")
            sys.exit(f"{each['name']}: {type(error).__name__}: {error}\nthe terminal showed:\n{shown}")
    print(json.dumps(cuts))
    os.kill(terminal.process, 9)


main()
