"""asyncio: loop.py W1|W2|W3|W3rss|W4 N   (PEER names the event loop in the results; uvloop reuses this file)"""
import asyncio
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "python-common"))
from peerbench import REPEATS, Timer, arguments, delays, emit, rss_bytes  # noqa: E402

PEER = os.environ.get("PEER", "python-asyncio")


async def yields(n):
    for _ in range(n):
        await asyncio.sleep(0)


async def w1(n):
    for tasks in (1, 1000):
        values = []
        for i in range(REPEATS + 1):
            t = Timer()
            await asyncio.gather(*[asyncio.create_task(yields(n // tasks)) for _ in range(tasks)])
            values.append(t.ns(n // tasks * tasks))
        emit(PEER, "W1", f"switch_{tasks}", values[1:], "ns", n)
    await callbacks(n)


async def callbacks(n):
    """call_soon, one callback asking for the next."""
    loop = asyncio.get_running_loop()
    values = []
    for i in range(REPEATS + 1):
        done = loop.create_future()

        def step(left):
            if left:
                loop.call_soon(step, left - 1)
            else:
                done.set_result(None)
        t = Timer()
        loop.call_soon(step, n)
        await done
        values.append(t.ns(n))
    emit(PEER, "W1", "callback_1", values[1:], "ns", n)


async def trivial():
    return 1


async def w2(n):
    values = []
    for i in range(REPEATS + 1):
        t = Timer()
        for _ in range(n // 1000):
            await asyncio.gather(*[asyncio.create_task(trivial()) for _ in range(1000)])
        values.append(t.ns(n))
    emit(PEER, "W2", "spawn_join_gather", values[1:], "ns", n)
    values = []
    for i in range(REPEATS + 1):
        t = Timer()
        for _ in range(n // 1000):
            async with asyncio.TaskGroup() as g:
                for _ in range(1000):
                    g.create_task(trivial())
        values.append(t.ns(n))
    emit(PEER, "W2", "spawn_join_taskgroup", values[1:], "ns", n)
    values = []
    for i in range(REPEATS + 1):
        t = Timer()
        for _ in range(n // 1000):
            async with asyncio.TaskGroup() as g:
                for _ in range(1000):
                    g.create_task(yields(1))
        values.append(t.ns(n))
    emit(PEER, "W2", "spawn_join_yield", values[1:], "ns", n)


async def w3(n):
    d = delays(n)
    values = []
    for i in range(REPEATS):
        t = Timer()
        await asyncio.gather(*[asyncio.create_task(asyncio.sleep(x)) for x in d])
        values.append(t.ms() - 1000)
    emit(PEER, "W3", "overshoot", values, "ms", n)


async def w3rss(n):
    d = delays(n, 20, 21)
    before = rss_bytes()
    tasks = [asyncio.create_task(asyncio.sleep(x)) for x in d]
    await asyncio.sleep(0.05)  # by now every task has run to its sleep
    emit(PEER, "W3", "rss_per_sleeper", (rss_bytes() - before) / len(tasks), "bytes", n)
    os._exit(0)


async def w4(n):
    values = []
    for i in range(REPEATS + 1):
        q = asyncio.Queue(1)

        async def produce():
            for k in range(n):
                await q.put(k)

        async def consume():
            for _ in range(n):
                await q.get()
        t = Timer()
        await asyncio.gather(asyncio.create_task(produce()), asyncio.create_task(consume()))
        values.append(t.ns(n))
    emit(PEER, "W4", "queue_handoff", values[1:], "ns", n)

    lock = asyncio.Lock()
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
                await asyncio.sleep(0)
    values = []
    for i in range(REPEATS + 1):
        t = Timer()
        await asyncio.gather(*[asyncio.create_task(contend(n // 100)) for _ in range(100)])
        values.append(t.ns(n // 100 * 100))
    emit(PEER, "W4", "lock_contended_100", values[1:], "ns", n)


if __name__ == "__main__":
    workload, count = arguments()
    asyncio.run({"W1": w1, "W2": w2, "W3": w3, "W3rss": w3rss, "W4": w4}[workload](count))
