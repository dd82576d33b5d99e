namespace Simul.Processes.Tests.Faults;

// A parent to be killed in the middle of everything: pools over all transports with large values, batches and shared objects,
// and children, one that works and one that waits.
internal static class LoadedParent
{
    private const int Never = int.MaxValue;
    private static int s_flowing;

    internal static int Run(string[] arguments)
    {
        RunAsync(arguments[0]).GetAwaiter().GetResult();
        return 0;
    }

    private static async Task RunAsync(string report)
    {
        ProcessExecutor[] pools =
        [
            new(new ProcessExecutorOptions { Workers = 2, Transport = WorkerTransport.SharedMemory }),
            new(new ProcessExecutorOptions { Workers = 1, Transport = WorkerTransport.Sockets }),
            new(new ProcessExecutorOptions { Workers = 1, Transport = WorkerTransport.Sockets, PortableLaunch = true }),
        ];
        var never = ProcessEvent.Create();
        ChildProcess[] children = [ChildProcess.Start(Jobs.Spin, report + ".spins"), ChildProcess.Start(FaultyWork.WaitFor, never)];
        double[] large = new double[200_000];
        var shared = SharedArray<int>.Create(1_000_000);
        Task[] load =
        [
            LoadAsync(pools[0], large, Jobs.Echo<double[]>),
            LoadAsync(pools[0], 1, Jobs.Noop), // in batches
            LoadAsync(pools[0], shared, FaultyWork.Touch),
            LoadAsync(pools[1], large, Jobs.Echo<double[]>),
            LoadAsync(pools[2], large, Jobs.Echo<double[]>),
        ];
        while (Volatile.Read(ref s_flowing) < load.Length || pools[0].GetWorkerProcessIds().Count < 2) await Task.Delay(5);
        File.WriteAllText(report + ".new", string.Join(' ', [.. pools.SelectMany(p => p.GetWorkerProcessIds()), .. children.Select(c => c.Id)]));
        File.Move(report + ".new", report);
        await Task.WhenAll(load);
        GC.KeepAlive(never);
    }

    private static async Task LoadAsync<TArg, TResult>(ProcessExecutor pool, TArg input, Func<TArg, TResult> method)
    {
        int results = 0;
        await foreach (var _ in pool.MapAsync(Enumerable.Repeat(input, Never), method, new MapOptions { LookAhead = 10_000 / (input is double[] ? 1_000 : 1) }))
        {
            if (++results == 5) Interlocked.Increment(ref s_flowing);
        }
    }
}
