"""gevent (greenlets on libev): loop.py W1|W2|W3|W3rss|W4|parked N"""
import os
import sys

import gevent
from gevent.event import Event
from gevent.lock import BoundedSemaphore
from gevent.queue import Queue

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "python-common"))
from peerbench import REPEATS, Timer, arguments, delays, emit, rss_bytes  # noqa: E402

PEER = "python-gevent"


def yields(n):
    for _ in range(n):
        gevent.sleep(0)


def w1(n):
    for tasks in (1, 1000):
        values = []
        for i in range(REPEATS + 1):
            t = Timer()
            gevent.joinall([gevent.spawn(yields, n // tasks) for _ in range(tasks)])
            values.append(t.ns(n // tasks * tasks))
        emit(PEER, "W1", f"switch_{tasks}", values[1:], "ns", n)


def trivial():
    return 1


def w2(n):
    values = []
    for i in range(REPEATS + 1):
        t = Timer()
        for _ in range(n // 1000):
            gevent.joinall([gevent.spawn(trivial) for _ in range(1000)])
        values.append(t.ns(n))
    emit(PEER, "W2", "spawn_join_joinall", values[1:], "ns", n)
    values = []
    for i in range(REPEATS + 1):
        t = Timer()
        for _ in range(n // 1000):
            gevent.joinall([gevent.spawn(yields, 1) for _ in range(1000)])
        values.append(t.ns(n))
    emit(PEER, "W2", "spawn_join_yield", values[1:], "ns", n)


def w3(n):
    d = delays(n)
    values = []
    for i in range(REPEATS):
        t = Timer()
        gevent.joinall([gevent.spawn(gevent.sleep, x) for x in d])
        values.append(t.ms() - 1000)
    emit(PEER, "W3", "overshoot", values, "ms", n)


def w3rss(n):
    d = delays(n, 20, 21)
    before = rss_bytes()
    tasks = [gevent.spawn(gevent.sleep, x) for x in d]
    gevent.sleep(0.05)
    gevent.sleep(0)
    emit(PEER, "W3", "rss_per_sleeper", (rss_bytes() - before) / len(tasks), "bytes", n)
    os._exit(0)


def w4(n):
    values = []
    for i in range(REPEATS + 1):
        q = Queue(1)

        def produce():
            for k in range(n):
                q.put(k)

        def consume():
            for _ in range(n):
                q.get()
        t = Timer()
        gevent.joinall([gevent.spawn(produce), gevent.spawn(consume)])
        values.append(t.ns(n))
    emit(PEER, "W4", "queue_handoff", values[1:], "ns", n)

    lock = BoundedSemaphore(1)
    values = []
    for i in range(REPEATS + 1):
        t = Timer()
        for _ in range(n):
            with lock:
                pass
        values.append(t.ns(n))
    emit(PEER, "W4", "lock_free", values[1:], "ns", n)

    def contend(k):
        for _ in range(k):
            with lock:
                gevent.sleep(0)
    values = []
    for i in range(REPEATS + 1):
        t = Timer()
        gevent.joinall([gevent.spawn(contend, n // 100) for _ in range(100)])
        values.append(t.ns(n // 100 * 100))
    emit(PEER, "W4", "lock_contended_100", values[1:], "ns", n)


def parked(n):
    gate = Event()
    before = rss_bytes()
    t = Timer()
    tasks = [gevent.spawn(gate.wait) for _ in range(n)]
    gevent.sleep(0)
    emit(PEER, "W1", "parked_start", t.ns(n) / 1000, "us", n)
    emit(PEER, "W1", "parked_bytes", (rss_bytes() - before) / n, "bytes", n)
    t = Timer()
    gate.set()
    gevent.joinall(tasks)
    emit(PEER, "W1", "parked_wake", t.ns(n) / 1000, "us", n)


if __name__ == "__main__":
    workload, count = arguments()
    {"W1": w1, "W2": w2, "W3": w3, "W3rss": w3rss, "W4": w4, "parked": parked}[workload](count)
