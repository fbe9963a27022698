#!/usr/bin/env python3
"""One report spread over a Ray cluster: a task a shard, each with a journal of its own, merged at the end.

    pip install 'ray[default]'
    EXRUN_LIBRARY=/path/to/libexrun.so python3 report.py --tenant contoso.com --client <appId> \\
        --certificate app.pfx --mailboxes mailboxes.txt --shards 8 --folder /shared/report --out report.csv

Ray starts the tasks and starts one again whose node was lost; its journal, on a folder that all nodes see, lets it go
on where it was. A new run needs a new folder: journals give the rows that they have. Without a cluster at hand
(RAY_ADDRESS) Ray makes one of this machine. Ends with 0 when every mailbox could be read, with 2 when some could not,
with 1 when the run itself failed.
"""

import argparse
import json
import os
import subprocess
import sys
from ctypes import byref, c_int32, c_int64, c_void_p

import ray

PYTHON_EXAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "python")
sys.path.insert(0, PYTHON_EXAMPLE)
import report  # noqa: E402


def command(arguments, out, *further):
    """The Python example with the options that every shard shares."""
    line = [sys.executable, "-B", os.path.join(PYTHON_EXAMPLE, "report.py")]
    for option in ("tenant", "client", "certificate", "mailboxes", "library"):
        line += ["--" + option, getattr(arguments, option)]
    return line + ["--out", out, *further]


@ray.remote(num_cpus=1, max_retries=5)
def shard(arguments, number):
    """One shard, in a process of its own: what it leaves is its journal."""
    journal = os.path.join(arguments.folder, "shard-%d.db" % number)
    line = command(arguments, os.devnull, "--journal", journal, "--shard", "%d/%d" % (number, arguments.shards))
    ended = subprocess.run(line, capture_output=True, text=True, check=False)
    # 2 says that some mailboxes could not be read: their rows are there.
    if ended.returncode not in (0, 2):
        raise RuntimeError("shard %d: %s" % (number, ended.stderr.strip()))
    return journal


def merge(library, journals, journal):
    """exrun_journal_merge: an operation of the library that needs no client."""
    report.SIGNATURES["exrun_journal_merge"] = report._IN + [report._HANDLE_OUT, report._HANDLE_OUT]
    report.SIGNATURES["exrun_operation_wait"] = [report._HANDLE, c_int32, report._HANDLE_OUT]
    report.SIGNATURES["exrun_operation_take"] = [report._HANDLE] + report._OUT + [report._HANDLE_OUT]
    exrun = report.ExRun(library)
    request = json.dumps({"journals": journals, "journal": journal}).encode("utf-8")
    operation = exrun.new("exrun_journal_merge", request, len(request))
    while exrun.call("exrun_operation_wait", operation, 1000) == report.PENDING:
        pass
    data, length = c_void_p(), c_int64()
    exrun.call("exrun_operation_take", operation, byref(data), byref(length))
    return json.loads(exrun.take(data, length).decode("utf-8"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for option in ("tenant", "client", "certificate", "mailboxes", "folder", "out"):
        parser.add_argument("--" + option, required=True)
    parser.add_argument("--shards", type=int, default=8)
    parser.add_argument("--library", default=os.environ.get("EXRUN_LIBRARY"), required="EXRUN_LIBRARY" not in os.environ)
    arguments = parser.parse_args()
    for option in ("certificate", "mailboxes", "folder", "library"):
        setattr(arguments, option, os.path.abspath(getattr(arguments, option)))
    os.makedirs(arguments.folder, mode=0o700, exist_ok=True)

    ray.init(log_to_driver=False)
    try:
        journals = ray.get([shard.remote(arguments, number) for number in range(1, arguments.shards + 1)])
        whole = os.path.join(arguments.folder, "all.db")
        merged = merge(arguments.library, journals, whole)
    except (ray.exceptions.RayError, report.ExRunError) as error:
        print("error: %s" % error, file=sys.stderr)
        return 1
    finally:
        ray.shutdown()
    print("%(rows)d rows, %(failed)d failed, of %(journals)d shards" % dict(merged, journals=len(journals)), file=sys.stderr)
    # The same report over all mailboxes with the merged journal: every row, and not one request.
    return subprocess.run(command(arguments, arguments.out, "--journal", whole), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
