#!/usr/bin/env python3
"""One report spread over a Ray cluster: a task a shard, each with a journal of its own, merged at the end.

    pip install 'ray[default]' exrun
    python3 report.py --tenant contoso.com --client <appId> \\
        --certificate app.pfx --mailboxes mailboxes.txt --shards 8 --folder /shared/report --out report.csv

Ray starts the tasks and starts one again whose node was lost; its journal, on a folder that all nodes see, lets it go
on where it was. A new run needs a new folder: journals give the rows that they have. Without a cluster at hand
(RAY_ADDRESS) Ray makes one of this machine. Ends with 0 when every mailbox could be read, with 2 when some could not,
with 1 when the run itself failed.
"""

import argparse
import os
import subprocess
import sys

import exrun
import ray

PYTHON_EXAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "python")


def command(arguments, out, *further):
    """The Python example with the options that every shard shares."""
    line = [sys.executable, "-B", os.path.join(PYTHON_EXAMPLE, "report.py")]
    for option in ("tenant", "client", "certificate", "mailboxes"):
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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for option in ("tenant", "client", "certificate", "mailboxes", "folder", "out"):
        parser.add_argument("--" + option, required=True)
    parser.add_argument("--shards", type=int, default=8)
    arguments = parser.parse_args()
    for option in ("certificate", "mailboxes", "folder"):
        setattr(arguments, option, os.path.abspath(getattr(arguments, option)))
    os.makedirs(arguments.folder, mode=0o700, exist_ok=True)

    ray.init(log_to_driver=False)
    try:
        journals = ray.get([shard.remote(arguments, number) for number in range(1, arguments.shards + 1)])
        whole = os.path.join(arguments.folder, "all.db")
        merged = exrun.journal_merge(journals=journals, journal=whole)
    except (ray.exceptions.RayError, exrun.ExRunError) as error:
        print("error: %s" % error, file=sys.stderr)
        return 1
    finally:
        ray.shutdown()
    print("%(rows)d rows, %(failed)d failed, of %(journals)d shards" % dict(merged, journals=len(journals)), file=sys.stderr)
    # The same report over all mailboxes with the merged journal: every row, and not one request.
    return subprocess.run(command(arguments, arguments.out, "--journal", whole), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
