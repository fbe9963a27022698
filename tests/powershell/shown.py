"""Runs a script in a PowerShell on a terminal, and writes what the terminal was told to show, without what moves or colours.

Reads JSON from standard input: `shell` (the program), `script` (a file), `columns`, `asFile` (by -File, else typed as a
command), and `answers` (what is typed, in this order, whenever the text of its `when` comes). Lines of the answer are as
the program wrote them: a line longer than the terminal would have been broken. Unix only: Windows has no such terminals.
"""

import fcntl
import json
import os
import pty
import re
import select
import struct
import sys
import termios
import time

DEADLINE = 120
CONTROL = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[=>])")


def show(job):
    pid, file = pty.fork()
    if pid == 0:
        # The size is set before the program looks at it.
        os.read(0, 16)
        os.environ["TERM"] = "xterm"
        how = ["-File", job["script"]] if job["asFile"] else ["-Command", open(job["script"], encoding="utf-8-sig").read()]
        os.execv(job["shell"], [job["shell"], "-NoProfile", "-NoLogo", *how])
    fcntl.ioctl(file, termios.TIOCSWINSZ, struct.pack("HHHH", 50, job["columns"], 0, 0))
    os.write(file, b"\n")
    text, answers, searched = "", list(job.get("answers", [])), 0
    until = time.monotonic() + DEADLINE
    while time.monotonic() < until:
        if not select.select([file], [], [], 1)[0]:
            continue
        try:
            read = os.read(file, 65536)
        except OSError:
            break
        if not read:
            break
        for _ in range(read.count(b"\x1b[6n")):
            os.write(file, b"\x1b[1;1R")
        text += read.decode(errors="replace")
        while answers and (at := text.find(answers[0]["when"], searched)) >= 0:
            searched = at + len(answers[0]["when"])
            os.write(file, answers.pop(0)["type"].encode() + b"\r")
    else:
        os.kill(pid, 9)
        sys.exit("the script does not end; it showed:\n" + CONTROL.sub("", text[-2000:]))
    os.waitpid(pid, 0)
    return [CONTROL.sub("", line).rstrip("\r") for line in text.split("\n")]


print(json.dumps(show(json.load(sys.stdin))))
