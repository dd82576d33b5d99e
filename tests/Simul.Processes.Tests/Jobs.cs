using System.Diagnostics;

namespace Simul.Processes.Tests;

// What the tests run in workers.
internal static class Jobs
{
    public static int Noop(int value) => value;

    public static int Square(int value) => value * value;

    public static int ProcessId() => Environment.ProcessId;

    public static int ProcessId(int _) => Environment.ProcessId;

    public static T Echo<T>(T value) => value;

    public static int Pause(int milliseconds)
    {
        Thread.Sleep(milliseconds);
        return milliseconds;
    }

    public static int LeaveThreadRunning()
    {
        new Thread(static () => Thread.Sleep(Timeout.Infinite)).Start();
        return Environment.ProcessId;
    }

    public static long LengthOf(Stream stream) => stream.Length;

    public static double Sum(ReadOnlyMemory<double> numbers)
    {
        double sum = 0;
        foreach (double number in numbers.Span) sum += number;
        return sum;
    }

    private static ReadOnlyMemory<double> s_kept;

    public static int Keep(ReadOnlyMemory<double> numbers)
    {
        s_kept = numbers;
        return numbers.Length;
    }

    public static double LookAtKept(int index) => s_kept.Span[index];

    public static Memory<int> Reverse(Memory<int> numbers)
    {
        numbers.Span.Reverse();
        return numbers;
    }

    // How many bytes of shared memory the process has in its tables.
    public static long ResidentSharedMemory() => long.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith("RssShmem:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;

    public static (byte[] Data, int Length) KillWith(byte[] large)
    {
        KillMyself(9);
        return (large, large.Length);
    }

    public static void LeaveSoon() => new Thread(static () =>
    {
        Thread.Sleep(20);
        Environment.Exit(4);
    }) { IsBackground = true }.Start();

    public static int Throw(string message) => throw new InvalidOperationException(message);

    public static int Exit(int code)
    {
        Environment.Exit(code);
        return 0;
    }

    public static int KillMyself(int signal)
    {
        Native.Kill(Environment.ProcessId, signal);
        while (true) Thread.Yield();
    }

    public static int FailFast(string message)
    {
        Environment.FailFast(message);
        return 0;
    }

    public static int Overflow(int depth) => Overflow(depth + 1) + 1;

    public static int ThrowOnOwnThread(string message)
    {
        var thread = new Thread(() => throw new InvalidOperationException(message));
        thread.Start();
        thread.Join();
        return 0;
    }

    public static int Spin(string marker)
    {
        File.WriteAllText(marker, Environment.ProcessId.ToString());
        while (true) Thread.Yield();
    }

    public static int UntilCancelled(string marker, CancellationToken token)
    {
        File.WriteAllText(marker, Environment.ProcessId.ToString());
        token.WaitHandle.WaitOne();
        token.ThrowIfCancellationRequested();
        return 0;
    }

    // Writes a line each time it begins; ends when the file `gate` exists.
    public static int Gated((string Log, string Gate, int Value) item)
    {
        File.AppendAllText(item.Log, item.Value + "\n");
        while (!File.Exists(item.Gate)) Thread.Sleep(1);
        return item.Value;
    }

    public static int Append((string Log, int Value) item)
    {
        File.AppendAllText(item.Log, item.Value + "\n");
        return item.Value;
    }

    public static int Print(string text)
    {
        Console.Out.WriteLine("out " + text);
        Console.Error.WriteLine("err " + text);
        return text.Length;
    }

    public static (string Engine, string Worker, bool HasToken) Where()
    {
        var context = WorkContext.Current!;
        return (context.Engine, context.Worker, context.CancellationToken.CanBeCanceled);
    }

    public static async Task<int> DelayAsync(int milliseconds)
    {
        await Task.Delay(milliseconds);
        return milliseconds;
    }

    public static async Task<string> WaitForFileAsync(string path, CancellationToken token)
    {
        while (!File.Exists(path)) await Task.Delay(5, token);
        return WorkContext.Current!.Worker;
    }

    public static async Task<int> DeafAsync(string marker)
    {
        File.WriteAllText(marker, "");
        await new TaskCompletionSource().Task;
        return 0;
    }

    public static Task<int> SpinAsync(string marker)
    {
        File.WriteAllText(marker, "");
        while (true) Thread.Yield();
    }

    public static async Task<int> ThrowAsync(string message)
    {
        await Task.Yield();
        throw new ArgumentException(message, nameof(message));
    }

    public static int CountPrimes(int limit)
    {
        int count = 0;
        for (int i = 2; i < limit; i++)
        {
            bool prime = true;
            for (int j = 2; j * j <= i; j++)
            {
                if (i % j == 0)
                {
                    prime = false;
                    break;
                }
            }
            if (prime) count++;
        }
        return count;
    }

    public static double SleepVirtually((int Times, double Seconds) item)
    {
        var clock = WorkContext.Current!.Clock;
        long start = clock.GetTimestamp();
        for (int i = 0; i < item.Times; i++) clock.Sleep(TimeSpan.FromSeconds(item.Seconds));
        return clock.GetElapsedTime(start).TotalSeconds;
    }

    public static int Grandchild(int _)
    {
        using var child = Process.Start(new ProcessStartInfo("sleep", "300") { UseShellExecute = false })!;
        return child.Id;
    }
}
