#!/usr/bin/env python3
"""Plays what no TLS client should do, and says how the server took it. Needs tlslite-ng.

After each case a good client must be served. A case fails when the connection ends in none of the ways it should, or not
in time."""

import argparse
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import after  # noqa: E402
import handshakes  # noqa: E402
import hellos  # noqa: E402
from client import PATIENCE, End, Target  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("filter", nargs="?", default="", help="only cases whose names have this in them")
    parser.add_argument("--all", action="store_true", help="print the cases that pass, too")
    arguments = parser.parse_args()
    target = Target(arguments.port)
    cases = [case for module in (hellos, handshakes, after) for case in module.CASES if arguments.filter in case.name]
    names = [case.name for case in cases]
    assert len(names) == len(set(names)), "two cases have one name"
    failed = 0
    # Most of the time is spent waiting for the server's timeouts.
    with ThreadPoolExecutor(8) as pool:
        for case, (end, well) in zip(cases, pool.map(lambda case: judge(case, target), cases)):
            passed = well and end.what in case.ends and end.replies >= case.replies
            failed += not passed
            seen = f"{end} in {end.seconds:.1f} s"
            if not passed:
                seen += f", expected {' or '.join(sorted(case.ends))}" + (f" after {case.replies} replies" if case.replies else "")
                seen += "" if well else "; the next client was not served"
            if arguments.all or not passed:
                print("passed" if passed else "FAILED", case.name, seen, sep="\t")
    print(f"{len(cases)} cases, {len(cases) - failed} passed, {failed} failed")
    sys.exit(1 if failed or not cases else 0)


def judge(case, target):
    began = time.monotonic()
    end = case.play(target)
    end = End(end.what, end.replies, time.monotonic() - began)
    if end.seconds > 2 * PATIENCE:
        end = End("hang", end.replies, end.seconds)
    try:
        return end, target.is_well()
    except OSError as error:
        print(f"after {case.name}: {error}")
        return end, False


if __name__ == "__main__":
    main()
