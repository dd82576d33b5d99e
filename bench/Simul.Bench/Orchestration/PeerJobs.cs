namespace Simul.Bench.Orchestration;

/// <summary>The programs of each workload. N is what keeps a program's repeat near a second or below; results are per operation.</summary>
internal static class PeerJobs
{
    private static readonly string Self = typeof(PeerJobs).Assembly.Location;

    public static IReadOnlyList<Job> Yield(bool quick) =>
    [
        Simul("yield", quick ? 2_000_000 : 4_000_000),
        .. Loops("W1", quick, new(DotNet: 4_000_000, Node: 2_000_000, Tokio: 2_000_000, Go: 4_000_000, Asyncio: 300_000, Trio: 200_000, Gevent: 200_000)),
    ];

    public static IReadOnlyList<Job> Spawn(bool quick) =>
    [
        Simul("spawn", 1_000_000),
        .. Loops("W2", quick, new(DotNet: 1_000_000, Node: 1_000_000, Tokio: 1_000_000, Go: 1_000_000, Asyncio: 200_000, Trio: 200_000, Gevent: 50_000)),
    ];

    public static IReadOnlyList<Job> Handoff(bool quick) =>
    [
        Simul("handoff", 1_000_000),
        .. Loops("W4", quick, new(DotNet: 1_000_000, Node: 1_000_000, Tokio: 1_000_000, Go: 2_000_000, Asyncio: 100_000, Trio: 60_000, Gevent: 100_000)),
    ];

    public static IReadOnlyList<Job> Observe(bool quick) =>
    [
        Simul("observe", quick ? 2_000_000 : 4_000_000),
        .. Loops("W1", quick, new(DotNet: 4_000_000, Node: 2_000_000, Tokio: 2_000_000, Go: 4_000_000, Asyncio: 300_000, Trio: 200_000, Gevent: 200_000)),
    ];

    // The peers' switches again: async/await and stacks are theirs by nature.
    public static IReadOnlyList<Job> Suspend(bool quick) =>
    [
        Simul("suspend", quick ? 1_000_000 : 2_000_000),
        Simul("suspend-spinning", quick ? 50_000 : 200_000) with { Pinned = false },
        Simul("suspend-parked", 10_000) with { Repeats = 1 },
        Python("python-gevent", "python-gevent/loop.py", "parked 10000", Tool.Gevent) with { Repeats = 1 },
        .. Loops("W1", quick, new(DotNet: 4_000_000, Node: 2_000_000, Tokio: 2_000_000, Go: 4_000_000, Asyncio: 300_000, Trio: 200_000, Gevent: 200_000)),
        Reference("ipc", quick ? "2000" : "20000"),
    ];

    // As many sleepers in a quick run: their cost depends on how many there are. One repeat instead.
    public static IReadOnlyList<Job> Sleepers(bool quick)
    {
        const int Million = 1_000_000, Tenth = 100_000;
        var n = new Sizes(Million, Million, Million, Million, Tenth, Tenth, Tenth);
        return
        [
            Simul("sleepers-task", Million),
            Simul("sleepers-await", Million),
            Simul("overshoot", Million) with { Repeats = quick ? 1 : 5 },
            // Both programs of a peer, then the next peer: a quick run that ends early has whole peers.
            .. LoopJobs("W3rss", n).Zip(LoopJobs("W3", n), (size, late) => new[] { size, late with { Repeats = quick ? 1 : 3 } }).SelectMany(both => both),
        ];
    }

    public static IReadOnlyList<Job> Chess(bool quick)
    {
        List<Job> jobs =
        [
            Simul("chess", 24),
            Simul("chess", 10_000) with { Repeats = 3 },
            Tokio("chess", 24),
            Tokio("chess", 10_000) with { Repeats = 3 },
            Python("python-trio", "python-trio/chess.py", "24", Tool.Trio),
        ];
        // Twenty seconds and more for one exhibition.
        if (!quick) jobs.Add(Python("python-trio", "python-trio/chess.py", "10000", Tool.Trio) with { Repeats = 1 });
        return jobs;
    }

    public static IReadOnlyList<Job> Call(bool quick)
    {
        string n = quick ? "5000" : "50000", pinned = quick ? "2000" : "20000";
        (string, string)[] tag = [("PEER_TAG", "-1core")];
        Job Pool(string peer) => new(peer, JobKind.Peer, [Paths.Python, Paths.Source("python-pools/pools.py"), "W6", n, peer]) { Pinned = false, Needs = peer is "python-loky" or "python-joblib" ? Tool.Joblib : Tool.Python };
        Job OneCore(Job job) => job with { Peer = job.Peer + "-1core", Pinned = true, Environment = tag, Command = [.. job.Command.Select(c => c == n ? pinned : c)] };
        var node = new Job("node", JobKind.Peer, ["node", Paths.Node("pool.mjs"), "W6", n]) { Pinned = false, Needs = Tool.Node };
        List<Job> jobs =
        [
            Simul("call", int.Parse(n)) with { Pinned = false },
            Simul("call-1core", int.Parse(pinned)),
            Pool("python-ppe-fork"), OneCore(Pool("python-ppe-fork")),
            Pool("python-mp-pool-fork"), OneCore(Pool("python-mp-pool-fork")),
            node, OneCore(node),
            Reference("ipc", quick ? "2000" : "20000"),
            Pool("python-joblib"),
        ];
        // Other ways to start the same workers: slower to start, then the same.
        if (!quick) jobs.AddRange([Pool("python-ppe-forkserver"), Pool("python-mp-pool-spawn"), Pool("python-ppe-spawn"), Pool("python-loky")]);
        return jobs;
    }

    // The size is part of what is measured, so a quick run has fewer peers instead.
    public static IReadOnlyList<Job> Array(bool quick)
    {
        Job Pool(string peer, Tool needs) => new(peer, JobKind.Peer, [Paths.Python, Paths.Source("python-pools/pools.py"), "W7", "64", peer]) { Pinned = false, Needs = needs };
        List<Job> jobs =
        [
            Simul("array", 64) with { Pinned = false },
            Reference("array", "64"),
            Pool("python-shared-memory", Tool.Python),
            new("node", JobKind.Peer, ["node", Paths.Node("pool.mjs"), "W7", "64"]) { Pinned = false, Needs = Tool.Node },
            Pool("python-joblib", Tool.Joblib),
        ];
        if (!quick) jobs.AddRange([Pool("python-ppe-fork", Tool.Python), Pool("python-mp-pool-fork", Tool.Python), Pool("python-loky", Tool.Joblib)]);
        return jobs;
    }

    public static IReadOnlyList<Job> Cpu(bool quick)
    {
        Job Pool(string peer) => new(peer, JobKind.Peer, [Paths.Python, Paths.Source("python-pools/pools.py"), "W8", "300000", peer]) { Pinned = false, Needs = Tool.Python };
        return
        [
            Simul("cpu", 2_000_000) with { Pinned = false },
            Reference("cpu", "2000000"),
            Go("W8", 2_000_000) with { Pinned = false, Environment = [("GOMAXPROCS", "2")] },
            DotNet("dotnet-pool", "pool", "W8", 2_000_000) with { Pinned = false },
            new("node", JobKind.Peer, ["node", Paths.Node("pool.mjs"), "W8", "2000000"]) { Pinned = false, Needs = Tool.Node },
            Pool("python-ppe-fork"),
            Pool("python-threads"),
        ];
    }

    // A quick run divides what a peer does, not what a repeat means. The last one uses two cores and is never the best: full runs only.
    private static IEnumerable<Job> Loops(string program, bool quick, Sizes n)
    {
        var jobs = LoopJobs(program, quick ? n.Divided() : n);
        return quick ? jobs : jobs.Append(DotNet("dotnet-pool-2cores", "pool", program, n.DotNet) with { Pinned = false, Environment = [("PEER", "dotnet-pool-2cores")] });
    }

    private static IEnumerable<Job> LoopJobs(string program, Sizes n) =>
    [
        DotNet("dotnet-pool", "pool", program, n.DotNet),
        Tokio(program, n.Tokio),
        new("node", JobKind.Peer, ["node", Paths.Node("loop.mjs"), program, n.Node.ToString()]) { Needs = Tool.Node },
        Go(program, n.Go),
        DotNet("dotnet-pump", "pump", program, n.DotNet),
        Python("python-uvloop", "python-uvloop/loop.py", $"{program} {n.Asyncio}", Tool.Uvloop),
        Python("python-asyncio", "python-asyncio/loop.py", $"{program} {n.Asyncio}", Tool.Python),
        Python("python-gevent", "python-gevent/loop.py", $"{program} {n.Gevent}", Tool.Gevent),
        Python("python-trio", "python-trio/loop.py", $"{program} {n.Trio}", Tool.Trio),
    ];

    private static Job Simul(string scenario, int n) => new("simul", JobKind.Simul, ["dotnet", Self, "scenario", scenario, n.ToString()]);

    private static Job Reference(string program, string n) => new("c", JobKind.Reference, [Paths.C(program), n]) { Pinned = false, Needs = Tool.C };

    private static Job DotNet(string peer, string mode, string program, int n) => new(peer, JobKind.Peer, ["dotnet", Paths.DotNet, mode, program, n.ToString()]) { Needs = Tool.DotNet };

    private static Job Go(string program, int n) => new("go", JobKind.Peer, [Paths.Go, program, n.ToString()]) { Needs = Tool.Go, Environment = [("GOMAXPROCS", "1")] };

    private static Job Tokio(string program, int n) => new("tokio", JobKind.Peer, [Paths.Tokio, program, n.ToString()]) { Needs = Tool.Tokio };

    private static Job Python(string peer, string source, string arguments, Tool needs) =>
        new(peer, JobKind.Peer, [Paths.Python, Paths.Source(source), .. arguments.Split(' ')]) { Needs = needs };

    private sealed record Sizes(int DotNet, int Node, int Tokio, int Go, int Asyncio, int Trio, int Gevent)
    {
        // .NET and Node need length to be optimised; all are multiples of a thousand.
        public Sizes Divided() => new(DotNet / 2, Node / 2, Tokio / 5, Go / 4, Asyncio / 5, Trio / 5, Gevent / 5);
    }
}
