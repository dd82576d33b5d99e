"""trio: loop.py W1|W2|W3|W3rss|W4 N"""
import os
import sys

import trio

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "python-common"))
from peerbench import REPEATS, Timer, arguments, delays, emit, rss_bytes  # noqa: E402

PEER = "python-trio"


async def yields(n):
    for _ in range(n):
        await trio.sleep(0)


async def w1(n):
    for tasks in (1, 1000):
        values = []
        for i in range(REPEATS + 1):
            t = Timer()
            async with trio.open_nursery() as nursery:
                for _ in range(tasks):
                    nursery.start_soon(yields, n // tasks)
            values.append(t.ns(n // tasks * tasks))
        emit(PEER, "W1", f"switch_{tasks}", values[1:], "ns", n)


async def trivial():
    return 1


async def w2(n):
    values = []
    for i in range(REPEATS + 1):
        t = Timer()
        for _ in range(n // 1000):
            async with trio.open_nursery() as nursery:
                for _ in range(1000):
                    nursery.start_soon(trivial)
        values.append(t.ns(n))
    emit(PEER, "W2", "spawn_join_nursery", values[1:], "ns", n)
    values = []
    for i in range(REPEATS + 1):
        t = Timer()
        for _ in range(n // 1000):
            async with trio.open_nursery() as nursery:
                for _ in range(1000):
                    nursery.start_soon(yields, 1)
        values.append(t.ns(n))
    emit(PEER, "W2", "spawn_join_yield", values[1:], "ns", n)


async def w3(n):
    d = delays(n)
    values = []
    for i in range(REPEATS):
        t = Timer()
        async with trio.open_nursery() as nursery:
            for x in d:
                nursery.start_soon(trio.sleep, x)
        values.append(t.ms() - 1000)
    emit(PEER, "W3", "overshoot", values, "ms", n)


async def w3rss(n):
    d = delays(n, 20, 21)
    before = rss_bytes()
    async with trio.open_nursery() as nursery:
        for x in d:
            nursery.start_soon(trio.sleep, x)
        await trio.sleep(0.05)
        emit(PEER, "W3", "rss_per_sleeper", (rss_bytes() - before) / n, "bytes", n)
        os._exit(0)


async def w4(n):
    values = []
    for i in range(REPEATS + 1):
        send, receive = trio.open_memory_channel(1)

        async def produce():
            async with send:
                for k in range(n):
                    await send.send(k)

        async def consume():
            async for _ in receive:
                pass
        t = Timer()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(produce)
            nursery.start_soon(consume)
        values.append(t.ns(n))
    emit(PEER, "W4", "queue_handoff", values[1:], "ns", n)

    lock = trio.Lock()
    values = []
    for i in range(REPEATS + 1):
        t = Timer()
        for _ in range(n):
            async with lock:
                pass
        values.append(t.ns(n))
    emit(PEER, "W4", "lock_free", values[1:], "ns", n)

    async def contend(k):
        for _ in range(k):
            async with lock:
                await trio.sleep(0)
    values = []
    for i in range(REPEATS + 1):
        t = Timer()
        async with trio.open_nursery() as nursery:
            for _ in range(100):
                nursery.start_soon(contend, n // 100)
        values.append(t.ns(n // 100 * 100))
    emit(PEER, "W4", "lock_contended_100", values[1:], "ns", n)


if __name__ == "__main__":
    workload, count = arguments()
    trio.run({"W1": w1, "W2": w2, "W3": w3, "W3rss": w3rss, "W4": w4}[workload], count)
