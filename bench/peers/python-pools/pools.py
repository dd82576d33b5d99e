"""Process pools: pools.py W6|W7|W8 N [PEER...]
Peers: python-ppe-fork, python-ppe-spawn, python-ppe-forkserver (concurrent.futures), python-mp-pool-fork,
python-mp-pool-spawn (multiprocessing), python-loky, python-joblib; in W7 also python-shared-memory (by hand),
in W8 python-threads and python-ppe-fork."""
import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "python-common")]
from peerbench import REPEATS, Timer, emit  # noqa: E402
import work  # noqa: E402

EXECUTORS = ["python-ppe-fork", "python-ppe-spawn", "python-ppe-forkserver", "python-loky"]
POOLS = ["python-mp-pool-fork", "python-mp-pool-spawn"]


SILENCES = 40


def executor(peer, k):
    if peer == "python-loky":
        from joblib.externals.loky.process_executor import ProcessPoolExecutor as Loky
        return Loky(max_workers=k)
    return ProcessPoolExecutor(k, mp_context=multiprocessing.get_context(peer.rsplit("-", 1)[1]))


def pool(peer, k):
    return multiprocessing.get_context(peer.rsplit("-", 1)[1]).Pool(k)


def rates(n, f):
    values = []
    for i in range(REPEATS + 1):
        t = Timer()
        assert f() == n
        values.append(n * 1e3 / t.ms())
    return values[1:]


def after_silence(peer, call):
    """Round trips one by one, each after 5 ms in which nothing happened."""
    values = []
    for _ in range(REPEATS + 1):
        total = 0
        for _ in range(SILENCES):
            time.sleep(0.005)
            t = Timer()
            call()
            total += t.ns(1000)
        values.append(total / SILENCES)
    emit(peer, "W6", "round_trip_idle", values[1:], "us", SILENCES)


def cpu_ns(pids):
    """The scheduler's own count for each thread: the ticks in stat are too coarse for something idle."""
    total = 0
    for pid in pids:
        for thread in os.listdir(f"/proc/{pid}/task"):
            if thread == str(os.getpid()):
                continue  # the observer: looking is work too, but not the pool's
            with open(f"/proc/{pid}/task/{thread}/schedstat") as f:
                total += int(f.read().split()[0])
    return total


def idle(peer, pids):
    """What two idle workers cost: each one's proportional share of memory, and the processor time of the whole pool."""
    size = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup") as f:
            size += next(int(x.split()[1]) * 1024 for x in f if x.startswith("Pss:"))
    emit(peer, "W6", "idle_worker_bytes", size / len(pids), "bytes", len(pids))
    before, t = cpu_ns([os.getpid(), *pids]), Timer()
    time.sleep(2)
    used = cpu_ns([os.getpid(), *pids]) - before
    emit(peer, "W6", "idle_pool_cpu", used / 1e6 / (t.ms() / 1000), "ms/s", 1)


def w6(n, wanted):
    seq = max(1, n // 10)
    for peer in [p for p in EXECUTORS if p in wanted]:
        cold = []
        for _ in range(REPEATS):
            t = Timer()
            e = executor(peer, 2)
            e.submit(work.noop).result()
            cold.append(t.ms())
            e.shutdown()
        emit(peer, "W6", "cold_start_first_result", cold, "ms", 1)
        with executor(peer, 2) as e:
            list(e.map(work.noop, range(100)))

            def sequential():
                for k in range(seq):
                    e.submit(work.noop, k).result()
                return seq
            emit(peer, "W6", "round_trip", [1e6 / x for x in rates(seq, sequential)], "us", seq)
            emit(peer, "W6", "throughput_map", rates(n, lambda: sum(1 for _ in e.map(work.noop, range(n)))), "calls/s", n)
            emit(peer, "W6", "throughput_map_chunk_256", rates(n, lambda: sum(1 for _ in e.map(work.noop, range(n), chunksize=256))), "calls/s", n)
            after_silence(peer, lambda: e.submit(work.noop, 1).result())
            if not os.environ.get("PEER_TAG"):
                idle(peer, list(e._processes))
    for peer in [p for p in POOLS if p in wanted]:
        cold = []
        for _ in range(REPEATS):
            t = Timer()
            p = pool(peer, 2)
            p.apply(work.noop)
            cold.append(t.ms())
            p.terminate()
            p.join()
        emit(peer, "W6", "cold_start_first_result", cold, "ms", 1)
        with pool(peer, 2) as p:
            p.map(work.noop, range(100))

            def sequential():
                for k in range(seq):
                    p.apply(work.noop, (k,))
                return seq
            emit(peer, "W6", "round_trip", [1e6 / x for x in rates(seq, sequential)], "us", seq)
            emit(peer, "W6", "throughput_map", rates(n, lambda: len(p.map(work.noop, range(n)))), "calls/s", n)
            emit(peer, "W6", "throughput_map_chunk_1", rates(n, lambda: len(p.map(work.noop, range(n), chunksize=1))), "calls/s", n)
            emit(peer, "W6", "throughput_imap", rates(n, lambda: sum(1 for _ in p.imap(work.noop, range(n)))), "calls/s", n)
            after_silence(peer, lambda: p.apply(work.noop, (1,)))
            if not os.environ.get("PEER_TAG"):
                idle(peer, [x.pid for x in p._pool])
    if "python-joblib" in wanted:
        from joblib import Parallel, delayed
        with Parallel(n_jobs=2) as par:
            emit("python-joblib", "W6", "throughput_auto_batch", rates(n, lambda: len(par(delayed(work.noop)(k) for k in range(n)))), "calls/s", n)


def w7(mib, wanted):
    import numpy
    count = (mib << 20) // 8
    size = count * 8
    a = numpy.ones(count)

    def gbs(f):
        values = []
        for i in range(REPEATS + 1):
            t = Timer()
            f()
            values.append(size / t.ns(1))
        return values[1:]
    for peer in [p for p in EXECUTORS if p in wanted]:
        with executor(peer, 1) as e:
            emit(peer, "W7", "send_sum_back", gbs(lambda: e.submit(work.total, a).result()), "GB/s", size)
            emit(peer, "W7", "get_back", gbs(lambda: e.submit(work.make, count).result()), "GB/s", size)
    for peer in [p for p in POOLS if p in wanted]:
        with pool(peer, 1) as p:
            emit(peer, "W7", "send_sum_back", gbs(lambda: p.apply(work.total, (a,))), "GB/s", size)
            emit(peer, "W7", "get_back", gbs(lambda: p.apply(work.make, (count,))), "GB/s", size)
    if "python-joblib" in wanted:
        from joblib import Parallel, delayed
        with Parallel(n_jobs=2) as par:  # arrays over 1 MB go through a memory-mapped file
            several = [numpy.ones(count) for _ in range(REPEATS + 1)]
            emit("python-joblib", "W7", "send_sum_back", gbs(lambda: par([delayed(work.total)(several.pop())])), "GB/s", size)
            emit("python-joblib", "W7", "send_sum_back_same_array_again", gbs(lambda: par([delayed(work.total)(a)])), "GB/s", size)
            emit("python-joblib", "W7", "get_back", gbs(lambda: par([delayed(work.make)(count)])), "GB/s", size)
    if "python-shared-memory" in wanted:
        from multiprocessing import shared_memory
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as e:
            def fresh():
                shm = shared_memory.SharedMemory(create=True, size=size)
                numpy.ndarray((count,), "f8", buffer=shm.buf)[:] = a
                e.submit(work.total_shared, shm.name, count).result()
                shm.close()
                shm.unlink()
            emit("python-shared-memory", "W7", "send_sum_back_fresh_block", gbs(fresh), "GB/s", size)
            shm = shared_memory.SharedMemory(create=True, size=size)
            view = numpy.ndarray((count,), "f8", buffer=shm.buf)

            def kept():
                view[:] = a
                e.submit(work.total_shared, shm.name, count).result()
            emit("python-shared-memory", "W7", "send_sum_back_kept_block", gbs(kept), "GB/s", size)
            del view
            shm.close()
            shm.unlink()


def w8(n, wanted):
    def both(peer, what, e):
        def once(of):
            t = Timer()
            list(e.map(work.primes, [(n, i, of) for i in range(of)]))
            return t.ms()
        once(2)
        one, two = [], []
        for _ in range(REPEATS):
            one.append(once(1))
            two.append(once(2))
        emit(peer, "W8", f"{what}_1", one, "ms", n)
        emit(peer, "W8", f"{what}_2", two, "ms", n)
        emit(peer, "W8", f"{what}_speedup", [x / y for x, y in zip(one, two)], "x", n)
    if "python-threads" in wanted:
        with ThreadPoolExecutor(2) as e:
            both("python-threads", "threads", e)
    if "python-ppe-fork" in wanted:
        with executor("python-ppe-fork", 2) as e:
            both("python-ppe-fork", "processes", e)


if __name__ == "__main__":
    wanted = sys.argv[3:] or EXECUTORS + POOLS + ["python-joblib", "python-shared-memory", "python-threads"]
    {"W6": w6, "W7": w7, "W8": w8}[sys.argv[1]](int(sys.argv[2]), wanted)
