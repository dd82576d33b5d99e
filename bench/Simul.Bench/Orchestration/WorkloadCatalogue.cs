namespace Simul.Bench.Orchestration;

/// <summary>The workloads of the contract: their metrics, and what each is held against.</summary>
internal static class WorkloadCatalogue
{
    /// <summary>Named in the contract and not built yet.</summary>
    public static IReadOnlyList<string> Later { get; } = ["echo", "wake"];

    public static IReadOnlyList<Workload> All { get; } =
    [
        new("yield", "One task's step to the scheduler and back, with 1 and with 1,000 tasks taking turns. One pinned core.",
        [
            new("switch_1", "ns", ["*:switch_1"]),
            new("switch_1000", "ns", ["*:switch_1000"]),
        ], PeerJobs.Yield),
        new("spawn", "Start a task and wait for it, in groups of 1,000; its body returns at once, or yields once. One pinned core.",
        [
            new("spawn_join", "ns", ["*:spawn_join_*", "!*:spawn_join_yield"]),
            new("spawn_join_yield", "ns", ["*:spawn_join_yield", "dotnet-pump:spawn_join_async_yield", "node:spawn_join_promise_all"]),
        ], PeerJobs.Spawn),
        new("sleepers", "1,000,000 tasks asleep (Python: 100,000): resident size for each, and wall time beyond the longest sleep of "
            + "1,000 ms. `rss_per_sleeper_task` is a spawned task that the loop tracks and stands beside the peers that spawn; "
            + "`rss_per_sleeper_await` is a bare async method and stands beside .NET's. One pinned core.",
        [
            new("rss_per_sleeper_task", "bytes", ["*:rss_per_sleeper", "!dotnet-*:*"]),
            new("rss_per_sleeper_await", "bytes", ["dotnet-*:rss_per_sleeper"]),
            new("overshoot", "ms", ["*:overshoot"]),
        ], PeerJobs.Sleepers),
        new("handoff", "One item through a queue of capacity 1 on one loop; a lock taken and released, alone and by 100 tasks that "
            + "each yield once while they hold it. One pinned core.",
        [
            new("queue_handoff", "ns", ["*:queue_handoff"]),
            new("lock_free", "ns", ["*:lock_free"]),
            new("lock_contended_100", "ns", ["*:lock_contended_100"]),
        ], PeerJobs.Handoff),
        new("suspend", "One task's step to the loop and back in each of the four ways to suspend. Callbacks stand beside "
            + "`call_soon`, `Post` and `setImmediate`, generators beside Python's coroutines, async/await beside every async/await, greenlets "
            + "beside tools whose tasks have their own stacks. One pinned core, but for `greenlets_spinning`: there the two threads may watch for each "
            + "other on two. `greenlets_parked_*`: 10,000 greenlets wait at once; to start and park each, to wake and end each, resident size for each; "
            + "two threads' switches are what the C references are.",
        [
            new("callbacks", "ns", ["*:callback_1", "node:switch_setimmediate_1"]),
            new("generators", "ns", ["python-asyncio:switch_1", "python-uvloop:switch_1", "python-trio:switch_1"]),
            new("async", "ns", ["*:switch_1", "!go:*", "!python-gevent:*"]),
            new("greenlets", "ns", ["go:switch_1", "python-gevent:switch_1"], References: [new("c:oneway_futex_same", 2, "two futex wakes on one core")]),
            new("greenlets_spinning", "ns", ["go:switch_1", "python-gevent:switch_1"], References: [new("c:oneway_spin_then_futex_cross", 2, "two spins across cores"), new("c:oneway_futex_cross", 2, "two futex wakes across cores")]),
            new("greenlets_parked_start", "us", ["python-gevent:parked_start"]),
            new("greenlets_parked_wake", "us", ["python-gevent:parked_wake"]),
            new("greenlets_parked_bytes", "bytes", ["python-gevent:parked_bytes"]),
        ], PeerJobs.Suspend),
        new("observe", "One task's step to the loop and back with a recorder listening, beside the same step without, in one process; "
            + "`recording_share` is what recording adds to it. The peers' steps are plain ones. One pinned core.",
        [
            new("switch_recorded", "ns", ["*:switch_1"]),
            new("recording_share", "%", []),
        ], PeerJobs.Observe),
        new("chess", "The simultaneous exhibition, 30 pairs of moves, in virtual time: wall time for 24 and for 10,000 boards. Of the "
            + "peers only trio (autojump clock) and tokio (paused clock) have virtual time; theirs play the bare waits, Simul's is the whole "
            + "exhibition with its boards. One pinned core.",
        [
            new("wall_24", "ms", ["*:wall_24"]),
            new("wall_10000", "ms", ["*:wall_10000"]),
        ], PeerJobs.Chess),
        new("call", "One call of a method that does nothing in a pool of 2 worker processes: one after the other, after 5 ms of "
            + "silence, many at once each in its own message, many at once in the tool's best batched form; from no pool to the first result; "
            + "what an idle worker and an idle pool cost. Not pinned, but for `round_trip_1core`.",
        [
            new("round_trip", "us", ["*:round_trip", "!*-1core:*"], References: [new("c:oneway_unix_stream_cross", 0.002, "two Unix-socket messages across cores"), new("c:oneway_spin_then_futex_cross", 0.002, "two spins across cores")]),
            new("round_trip_1core", "us", ["*-1core:round_trip"], References: [new("c:oneway_unix_stream_same", 0.002, "two Unix-socket messages on one core"), new("c:oneway_futex_same", 0.002, "two futex wakes on one core")]),
            new("round_trip_idle", "us", ["*:round_trip_idle", "!*-1core:*"]),
            new("throughput", "calls/s", ["*:throughput", "*:throughput_map", "*:throughput_map_chunk_1", "!python-mp-pool-*:throughput_map", "!*-1core:*"], HigherIsBetter: true),
            new("throughput_batched", "calls/s", ["*:throughput_map_chunk_256", "*:throughput_auto_batch", "python-mp-pool-*:throughput_map", "!*-1core:*"], HigherIsBetter: true),
            new("cold_start_first_result", "ms", ["*:cold_start_first_result", "!*-1core:*"]),
            new("idle_worker_bytes", "bytes", ["*:idle_worker_bytes"]),
            new("idle_pool_cpu", "ms/s", ["*:idle_pool_cpu"]),
        ], PeerJobs.Call),
        new("array", "64 MiB of doubles to a worker process that sums them, copied (`_array`: into an array of the method's own) or shared; and 64 MiB "
            + "made by a worker and returned. Not pinned.",
        [
            new("send_sum_back", "GB/s", ["*:send_sum_back", "*:send_sum_back_copy", "*:send_sum_back_fresh_block"], HigherIsBetter: true, References: [new("c:shm_roundtrip", 1, "copied into shared memory and summed by another process, in C")]),
            new("send_sum_back_array", "GB/s", ["*:send_sum_back", "*:send_sum_back_copy"], HigherIsBetter: true),
            new("send_sum_back_shared", "GB/s", ["*:send_sum_back_shared", "*:send_sum_back_kept_block", "*:send_sum_back_same_array_again", "*:send_sum_back_transfer"], HigherIsBetter: true, References: [new("c:sum", 1, "the sum alone, in C")]),
            new("get_back", "GB/s", ["*:get_back", "*:get_back_copy"], HigherIsBetter: true, References: [new("c:memcpy_warm", 1, "one copy in memory, in C")]),
        ], PeerJobs.Array),
        new("cpu", "Sum of the primes below N by trial division in one and in two workers: how many times faster two are. Not pinned.",
        [
            new("threads_speedup", "x", ["*:threads_speedup", "go:goroutines_speedup", "node-*:workers_speedup"], HigherIsBetter: true, References: [new("c:threads_speedup", 1, "two threads in C")]),
            new("processes_speedup", "x", ["*:processes_speedup"], HigherIsBetter: true, References: [new("c:threads_speedup", 1, "two threads in C")]),
        ], PeerJobs.Cpu),
    ];
}
