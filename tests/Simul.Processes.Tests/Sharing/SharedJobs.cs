using System.Runtime.InteropServices;

namespace Simul.Processes.Tests.Sharing;

// What the tests of shared objects run in workers.
internal static class SharedJobs
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static SharedArray<int>? s_kept;

    public sealed record Job(string Name, SharedArray<int> Array, List<ProcessEvent> Events);

    [StructLayout(LayoutKind.Sequential)]
    public record struct Pair(long Plus, long Minus, int Odd);

    public static long Sum(SharedArray<int> array)
    {
        long sum = 0;
        foreach (int each in array.Span) sum += each;
        return sum;
    }

    public static long SumBytes(SharedArray<byte> array)
    {
        long sum = 0;
        foreach (byte each in array.Span) sum += each;
        return sum;
    }

    public static int Fill((SharedArray<int> Array, int Value) item)
    {
        item.Array.Span.Fill(item.Value);
        return item.Array.Length;
    }

    public static SharedArray<int> Make(int length)
    {
        var array = SharedArray<int>.Create(length);
        for (int i = 0; i < length; i++) array[i] = i;
        return array;
    }

    public static async Task<SharedArray<int>> MakeAsync(int length)
    {
        await Task.Yield();
        return Make(length);
    }

    public static SharedArray<int> MakeAndExit(int length)
    {
        var array = Make(length);
        new Thread(() => Environment.Exit(0)) { IsBackground = true }.Start();
        return array;
    }

    public static int Keep(SharedArray<int> array)
    {
        s_kept = array;
        return Environment.ProcessId;
    }

    public static long SumKept() => Sum(s_kept!);

    public static int WriteRecord(Job job)
    {
        job.Array[0] = job.Name.Length;
        foreach (var each in job.Events) each.Set();
        return job.Events.Count;
    }

    public static int CountDescriptors(int _) => Leaks.CountDescriptors();

    public static int CountMappings(int _) => Leaks.CountMappings();

    public static int Collect(int _)
    {
        Leaks.Collect();
        return 0;
    }

    public static long Add((SharedValue<long> Value, int Times) item)
    {
        for (int i = 0; i < item.Times; i++) item.Value.Update(static x => x + 1);
        return item.Value.Value;
    }

    public static long AddUnderLock((ProcessLock Gate, SharedArray<long> Array, int Times) item)
    {
        for (int i = 0; i < item.Times; i++)
        {
            using (item.Gate.Lock(Limit)) item.Array[0]++;
        }
        return item.Times;
    }

    public static async Task<int> AddUnderLockAsync((ProcessLock Gate, SharedArray<long> Array, int Times) item)
    {
        for (int i = 0; i < item.Times; i++)
        {
            using (await item.Gate.LockAsync(Limit)) item.Array[0]++;
        }
        return item.Times;
    }

    // Takes the lock, says so, and keeps it until the process is killed.
    public static int HoldForEver((ProcessLock Gate, ProcessEvent Held) item)
    {
        item.Gate.Lock(Limit);
        item.Held.Set();
        Thread.Sleep(Timeout.Infinite);
        return 0;
    }

    public static int HoldPermitForEver((ProcessSemaphore Semaphore, ProcessEvent Held) item)
    {
        item.Semaphore.Wait(Limit);
        item.Held.Set();
        Thread.Sleep(Timeout.Infinite);
        return 0;
    }

    public static bool TryLockNamed(string name)
    {
        using var gate = ProcessLock.Open(name);
        if (!gate.TryLock(out var hold)) return false;
        hold.Dispose();
        return true;
    }

    public static int SetNamed(string name)
    {
        using var named = ProcessEvent.Open(name);
        named.Set();
        return Environment.ProcessId;
    }

    public static int WaitForEvent(ProcessEvent go)
    {
        go.Wait(Limit);
        return Environment.ProcessId;
    }

    public static async Task<int> WaitForEventAsync((ProcessEvent Go, int Value) item)
    {
        await item.Go.WaitAsync(Limit);
        return item.Value;
    }

    public static int[] Arrive((ProcessBarrier Barrier, int Phases) item)
    {
        int[] places = new int[item.Phases];
        for (int i = 0; i < item.Phases; i++) places[i] = item.Barrier.SignalAndWait(Limit);
        return places;
    }

    public static int Produce((ProcessQueue<int> Queue, int First, int Count) item)
    {
        for (int i = 0; i < item.Count; i++) item.Queue.Put(item.First + i, Limit);
        return item.Count;
    }

    public static async Task<List<int>> ConsumeAsync(ProcessQueue<int> queue)
    {
        var taken = new List<int>();
        await foreach (int item in queue.ReadAllAsync()) taken.Add(item);
        return taken;
    }

    public static int PutArray(ProcessQueue<SharedArray<int>> queue)
    {
        queue.Put(Make(5));
        return 0;
    }

    public static int Answer(ProcessPipeEnd<string> end)
    {
        using (end)
        {
            int count = 0;
            while (true)
            {
                string message = end.Receive(Limit);
                if (message == "bye") return count;
                end.Send(message.ToUpperInvariant(), Limit);
                count++;
            }
        }
    }

    public static int WaitNotified((ProcessLock Gate, ProcessCondition Changed, SharedArray<long> Stock) item)
    {
        using var hold = item.Gate.Lock(Limit);
        item.Changed.Wait(hold, () => item.Stock[0] > 0, new CancellationTokenSource(Limit).Token);
        return (int)--item.Stock[0];
    }
}
