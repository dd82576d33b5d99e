"""Shared by the Python peers: median of five repeats, one JSON line per result, resident size."""
import json
import os
import random
import resource
import statistics
import sys
import time

REPEATS = int(os.environ.get("REPEATS", "5"))


def emit(peer, workload, metric, values, unit, n):
    if not isinstance(values, (list, tuple)):
        values = [values]
    print(json.dumps({
        "peer": peer + os.environ.get("PEER_TAG", ""), "workload": workload, "metric": metric,
        "value": float(f"{statistics.median(values):.6g}"), "unit": unit, "n": n, "repeats": len(values),
        "min": float(f"{min(values):.6g}"), "max": float(f"{max(values):.6g}")}, separators=(",", ":")), flush=True)


def rss_bytes():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * resource.getpagesize()


def delays(n, low=0.001, high=1.0):
    r = random.Random(1)
    return [r.uniform(low, high) for _ in range(n)]


class Timer:
    """ns(count): nanoseconds since the start, for each of count operations."""
    def __init__(self):
        self.start = time.perf_counter_ns()

    def ns(self, count):
        return (time.perf_counter_ns() - self.start) / count

    def ms(self):
        return (time.perf_counter_ns() - self.start) / 1e6


def arguments():
    """WORKLOAD N from the command line."""
    return sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0
