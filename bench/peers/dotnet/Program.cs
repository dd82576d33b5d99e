// .NET's own means: peers pool|pump W1|W2|W3|W3rss|W4 N, peers pool W8 N, peers echo PORT
// pool: the thread pool as it comes. pump: one thread with the SynchronizationContext that everyone writes,
// a BlockingCollection drained by one loop. PEER names the result lines.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

int Repeats = int.Parse(Environment.GetEnvironmentVariable("REPEATS") ?? "5");
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string mode = args[0];
if (mode == "echo") { await Echo(int.Parse(args[1])); return; }
string peer = Environment.GetEnvironmentVariable("PEER") ?? "dotnet-" + mode;
string workload = args[1];
int n = int.Parse(args[2]);
bool pump = mode == "pump";

Func<Task> work = workload switch
{
    "W1" => W1,
    "W2" => W2,
    "W3" => W3,
    "W3rss" => W3Rss,
    "W4" => W4,
    "W8" => W8,
    _ => throw new ArgumentException(workload),
};
if (pump) Pump.Run(work); else await Task.Run(work);

void Emit(string w, string metric, double[] v, string unit, long count)
{
    Array.Sort(v);
    Console.WriteLine($$"""{"peer":"{{peer}}","workload":"{{w}}","metric":"{{metric}}","value":{{v[v.Length / 2]:G6}},"unit":"{{unit}}","n":{{count}},"repeats":{{v.Length}},"min":{{v[0]:G6}},"max":{{v[^1]:G6}}}""");
}

// Warms up for at least two seconds and until two repeats agree within 5 % (at most eight seconds), so that hot code is
// optimised when it counts; Simul's own programs do the same.
async Task<double[]> PerOp(long ops, Func<Task> f, bool warm = true)
{
    long started = Stopwatch.GetTimestamp();
    for (double last = 0, agree = 0; warm;)
    {
        long t = Stopwatch.GetTimestamp();
        await f();
        double took = Stopwatch.GetElapsedTime(t).TotalSeconds, all = Stopwatch.GetElapsedTime(started).TotalSeconds;
        agree = last > 0 ? Math.Abs(took / last - 1) : 1;
        last = took;
        if (all > 8 || (all > 2 && agree < 0.05)) break;
    }
    var v = new double[Repeats];
    for (int i = 0; i < Repeats; i++)
    {
        long t = Stopwatch.GetTimestamp();
        await f();
        v[i] = Stopwatch.GetElapsedTime(t).TotalNanoseconds / ops;
    }
    return v;
}

// Starts a task where the loop runs: on the pool, or as an async method on the pump's thread.
Task Start(Func<Task> f) => pump ? f() : Task.Run(f);

async Task Yields(int k) { for (int i = 0; i < k; i++) await Task.Yield(); }

async Task W1()
{
    foreach (int tasks in new[] { 1, 1000 })
        Emit("W1", $"switch_{tasks}", await PerOp(n, () =>
            Task.WhenAll(Enumerable.Range(0, tasks).Select(_ => Start(() => Yields(n / tasks))))), "ns", n);
    if (!pump) return;
    SynchronizationContext loop = SynchronizationContext.Current!;
    Emit("W1", "callback_1", await PerOp(n, () =>
    {
        var done = new TaskCompletionSource();
        int left = n;
        void Step(object? _)
        {
            if (--left == 0) done.SetResult();
            else loop.Post(Step, null);
        }
        loop.Post(Step, null);
        return done.Task;
    }), "ns", n);
}

async Task<int> Trivial() { await Task.Yield(); return 1; }

async Task W2()
{
    Emit("W2", pump ? "spawn_join_async_yield" : "spawn_join_task_run", await PerOp(n, async () =>
    {
        var t = new Task<int>[1000];
        for (int i = 0; i < n / 1000; i++)
        {
            for (int k = 0; k < t.Length; k++) t[k] = pump ? Trivial() : Task.Run(static () => 1);
            await Task.WhenAll(t);
        }
    }), "ns", n);
    if (pump) return;
    Emit("W2", "spawn_join_yield", await PerOp(n, async () =>
    {
        var t = new Task<int>[1000];
        for (int i = 0; i < n / 1000; i++)
        {
            for (int k = 0; k < t.Length; k++) t[k] = Task.Run(Trivial);
            await Task.WhenAll(t);
        }
    }), "ns", n);
}

double[] Delays(int count, double low, double high)
{
    var r = new Random(1);
    var d = new double[count];
    for (int i = 0; i < count; i++) d[i] = low + r.NextDouble() * (high - low);
    return d;
}

async Task Sleep(double ms) => await Task.Delay(TimeSpan.FromMilliseconds(ms));

async Task W3()
{
    var d = Delays(n, 1, 1000);
    Emit("W3", "overshoot", (await PerOp(1_000_000, async () =>
    {
        var t = new Task[n];
        for (int i = 0; i < n; i++) t[i] = Sleep(d[i]);
        await Task.WhenAll(t);
    }, warm: false)).Select(x => x - 1000).ToArray(), "ms", n);
}

static double Rss() => double.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1]) * Environment.SystemPageSize;

async Task W3Rss()
{
    var d = Delays(n, 20_000, 21_000);
    double before = Rss();
    var t = new Task[n];
    for (int i = 0; i < n; i++) t[i] = Sleep(d[i]);
    await Task.Delay(50);
    Emit("W3", "rss_per_sleeper", [(Rss() - before) / n], "bytes", n);
    GC.Collect();
    Emit("W3", "rss_per_sleeper_after_gc", [(Rss() - before) / n], "bytes", n);
    GC.KeepAlive(t);
    Environment.Exit(0);
}

async Task W4()
{
    Emit("W4", "queue_handoff", await PerOp(n, () =>
    {
        var q = Channel.CreateBounded<int>(1);
        return Task.WhenAll(
            Start(async () => { for (int i = 0; i < n; i++) await q.Writer.WriteAsync(i); }),
            Start(async () => { for (int i = 0; i < n; i++) await q.Reader.ReadAsync(); }));
    }), "ns", n);
    var gate = new SemaphoreSlim(1, 1);
    Emit("W4", "lock_free", await PerOp(n, async () =>
    {
        for (int i = 0; i < n; i++) { await gate.WaitAsync(); gate.Release(); }
    }), "ns", n);
    Emit("W4", "lock_contended_100", await PerOp(n, () => Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Start(async () =>
    {
        for (int i = 0; i < n / 100; i++)
        {
            await gate.WaitAsync();
            try { await Task.Yield(); } finally { gate.Release(); }
        }
    })))), "ns", n);
}

static long Primes(long n, int me, int of)
{
    long s = 0;
    for (long b = me; b < 64; b += of)
        for (long k = Math.Max(2, n * b / 64), end = n * (b + 1) / 64; k < end; k++)
        {
            bool prime = true;
            for (long d = 2; d * d <= k; d++) if (k % d == 0) { prime = false; break; }
            if (prime) s += k;
        }
    return s;
}

Task W8()
{
    double Once(int of, int part = 1)
    {
        long t = Stopwatch.GetTimestamp();
        var threads = Enumerable.Range(0, of).Select(i => new Thread(() => Primes(n / part, i, of))).ToArray();
        foreach (var x in threads) x.Start();
        foreach (var x in threads) x.Join();
        return Stopwatch.GetElapsedTime(t).TotalMilliseconds;
    }
    // Like Simul: until the compiler is done with its work beside us.
    for (int round = 0; round < 3; round++)
    {
        for (int i = 0; i < 100; i++) Once(2, part: 100);
        Thread.Sleep(400);
    }
    Once(2);
    double[] one = new double[Repeats], two = new double[Repeats], up = new double[Repeats];
    for (int i = 0; i < Repeats; i++) { one[i] = Once(1); two[i] = Once(2); up[i] = one[i] / two[i]; }
    Emit("W8", "threads_1", one, "ms", n);
    Emit("W8", "threads_2", two, "ms", n);
    Emit("W8", "threads_speedup", up, "x", n);
    return Task.CompletedTask;
}

static async Task Echo(int port)
{
    var l = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    l.Bind(new IPEndPoint(IPAddress.Loopback, port));
    l.Listen(4096);
    while (true) _ = Serve(await l.AcceptAsync());

    static async Task Serve(Socket s)
    {
        s.NoDelay = true;
        using (s)
        {
            var buf = new byte[16384];
            try
            {
                for (int k; (k = await s.ReceiveAsync(buf.AsMemory())) > 0;)
                    for (int off = 0; off < k;) off += await s.SendAsync(buf.AsMemory(off, k - off));
            }
            catch (SocketException) { }
        }
    }
}

sealed class Pump : SynchronizationContext
{
    readonly BlockingCollection<(SendOrPostCallback, object?)> queue = new();

    public override void Post(SendOrPostCallback d, object? state) => queue.Add((d, state));

    public static void Run(Func<Task> f)
    {
        var old = Current;
        var p = new Pump();
        SetSynchronizationContext(p);
        try
        {
            Task t = f();
            t.ContinueWith(_ => p.queue.CompleteAdding(), TaskScheduler.Default);
            foreach (var (d, state) in p.queue.GetConsumingEnumerable()) d(state);
            t.GetAwaiter().GetResult();
        }
        finally { SetSynchronizationContext(old); }
    }
}
