# The table's measurements on Python: python_table.py asyncio|threading|multiprocessing
# The same items and figures as Lab/Table/EngineProbe.cs; one JSON object on standard output.
import asyncio
import json
import multiprocessing
import multiprocessing.pool
import os
import statistics
import sys
import threading
import time

SLEEPERS, SLEEP, BLOCK, TICKING, TICK, BUDGET, REPEATS = 8, 0.1, 0.25, 0.3, 0.005, 1.5, 3


def timed(work):
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def spin(rounds):
    x = 1
    for _ in range(rounds):
        x = (x * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
    return x


def calibrate():
    began = time.perf_counter()
    spin(100_000)
    return int(100_000 * 0.1 / (time.perf_counter() - began))


def spin_for(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        spin(1000)


def tick(seconds):
    began = last = time.perf_counter()
    took = []
    while last - began < seconds:
        time.sleep(TICK)
        now = time.perf_counter()
        took.append(now - last)
        last = now
    return statistics.median(took), max(took)


class Workers:
    """threading and multiprocessing have the same face. Pools are warm before anything is measured."""

    def __init__(self, kind):
        if kind == "threading":
            self.pool, self.start, self.most, self.event = multiprocessing.pool.ThreadPool, threading.Thread, 10_000, threading.Event
        else:
            context = multiprocessing.get_context("fork")
            self.pool, self.start, self.most, self.event = context.Pool, context.Process, 200, context.Event

    def warm(self, workers):
        pool = self.pool(workers)
        pool.map(time.sleep, [0.005] * workers, chunksize=1)
        return pool

    def waiting(self):
        with self.warm(SLEEPERS) as pool:
            one = timed(lambda: pool.map(time.sleep, [SLEEP]))
            return one * SLEEPERS / timed(lambda: pool.map(time.sleep, [SLEEP] * SLEEPERS, chunksize=1))

    def cores(self):
        rounds = calibrate()
        with self.warm(2) as pool:
            both = lambda: pool.map(spin, [rounds] * 2, chunksize=1)
            each = lambda: (pool.map(spin, [rounds]), pool.map(spin, [rounds]))
            pairs = [(timed(each), timed(both)) for _ in range(REPEATS)]
        return min(e for e, _ in pairs) / min(b for _, b in pairs)

    def scale(self):
        gate, workers, began = self.event(), [], time.perf_counter()
        try:
            while len(workers) < self.most and time.perf_counter() - began < BUDGET:
                worker = self.start(target=gate.wait, daemon=True)
                worker.start()
                workers.append(worker)
        except (RuntimeError, OSError):
            pass
        reached = sum(w.is_alive() for w in workers)
        gate.set()
        for w in workers:
            w.join()
        return reached

    def beside(self, pool, seconds, *other):
        pending = [pool.apply_async(f, a) for f, *a in other]
        ticks = pool.apply_async(tick, [seconds]).get()
        for p in pending:
            p.get()
        return ticks

    def blocking(self):
        with self.warm(2) as pool:
            return self.beside(pool, BLOCK + 0.1, (time.sleep, BLOCK))[1] * 1000

    def gil(self):
        with self.warm(2) as pool:
            alone = self.beside(pool, TICKING)[0]
            return self.beside(pool, TICKING, (spin_for, TICKING + 0.05))[0] / alone


class Loop:
    async def timed(self, *coroutines):
        began = time.perf_counter()
        await asyncio.gather(*coroutines)
        return time.perf_counter() - began

    async def tick(self, seconds):
        began = last = time.perf_counter()
        took = []
        while last - began < seconds:
            await asyncio.sleep(TICK)
            now = time.perf_counter()
            took.append(now - last)
            last = now
        return statistics.median(took), max(took)

    async def spin(self, rounds):
        return spin(rounds)

    async def spin_for(self, seconds):
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            spin_for(0.001)
            await asyncio.sleep(0)

    async def block(self):
        time.sleep(BLOCK)

    async def waiting(self):
        return await self.timed(asyncio.sleep(SLEEP)) * SLEEPERS / await self.timed(*[asyncio.sleep(SLEEP) for _ in range(SLEEPERS)])

    async def cores(self):
        rounds = calibrate()
        serial, both = [], []
        for _ in range(REPEATS):
            serial.append(await self.timed(self.spin(rounds)) + await self.timed(self.spin(rounds)))
            both.append(await self.timed(self.spin(rounds), self.spin(rounds)))
        return min(serial) / min(both)

    async def scale(self):
        tasks, live, began = [], 0, time.perf_counter()

        async def wait():
            nonlocal live
            live += 1
            await asyncio.sleep(3600)

        while live < 1_000_000 and time.perf_counter() - began < BUDGET:
            tasks.extend(asyncio.ensure_future(wait()) for _ in range(10_000))
            await asyncio.sleep(0)
        return live

    async def blocking(self):
        return (await asyncio.gather(self.tick(BLOCK + 0.1), self.block()))[0][1] * 1000

    async def gil(self):
        alone = (await self.tick(TICKING))[0]
        return (await asyncio.gather(self.tick(TICKING), self.spin_for(TICKING + 0.05)))[0][0] / alone


def main():
    kind = sys.argv[1]
    figures = {}
    if kind == "asyncio":
        for row in ["waiting", "cores", "blocking", "gil"]:
            figures[row] = asyncio.run(getattr(Loop(), row)())
        asyncio.run(scale_and_leave(figures))
    for row in ["waiting", "cores", "scale", "blocking", "gil"]:
        figures[row] = getattr(Workers(kind), row)()
    print(json.dumps(figures), flush=True)


async def scale_and_leave(figures):
    # A million tasks take seconds to cancel one by one; they go with the process.
    figures["scale"] = await Loop().scale()
    print(json.dumps(figures), flush=True)
    os._exit(0)


main()
