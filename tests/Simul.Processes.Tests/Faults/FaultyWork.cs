using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Simul.Processes.Tests.Faults;

// A value whose converter does what it says: both sides use it, each way.
[JsonConverter(typeof(FaultyConverter))]
internal sealed record Faulty(Stage Stage, Fault Fault);

internal sealed class FaultyConverter : JsonConverter<Faulty>
{
    public override Faulty Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string[] parts = reader.GetString()!.Split(' ');
        var value = new Faulty(Enum.Parse<Stage>(parts[0]), Enum.Parse<Fault>(parts[1]));
        if (value.Stage == (IsWorker ? Stage.ArgumentDecode : Stage.ResultDecode)) FaultyWork.Commit(value.Fault);
        return value;
    }

    public override void Write(Utf8JsonWriter writer, Faulty value, JsonSerializerOptions options)
    {
        if (IsWorker ? value.Stage is Stage.ResultEncode or Stage.AsyncResultEncode : value.Stage == Stage.ArgumentEncode) FaultyWork.Commit(value.Fault);
        writer.WriteStringValue($"{value.Stage} {value.Fault}");
    }

    private static bool IsWorker => WorkContext.Current is not null;
}

// A worker's state.
internal sealed class FaultyState(Fault fault) : IDisposable
{
    public void Dispose() => FaultyWork.Commit(fault);
}

// What the campaign runs in workers.
internal static partial class FaultyWork
{
    public const int ExitCode = 77;
    public const int FloodLine = 100;

    public static void Commit(Fault fault)
    {
        switch (fault)
        {
            case Fault.Throw:
                throw new FormatException("the campaign's");
            case Fault.OutOfMemory:
                FillMemory();
                break;
            case Fault.Exit:
                Environment.Exit(ExitCode);
                break;
            case Fault.FailFast:
                Environment.FailFast("the campaign's");
                break;
            case Fault.SegmentationFault:
                StringLength(1); // an address nobody has
                break;
            case Fault.Kill:
                Jobs.KillMyself(9);
                break;
            case Fault.StackOverflow:
                Jobs.Overflow(0);
                break;
        }
        throw new InvalidOperationException($"{fault} has left the process alive.");
    }

    public static Faulty Run(Faulty faulty)
    {
        if (faulty.Stage == Stage.Method) Commit(faulty.Fault);
        return faulty;
    }

    public static async Task<Faulty> RunAsync(Faulty faulty)
    {
        await Task.Yield();
        if (faulty.Stage == Stage.AsyncMethod) Commit(faulty.Fault);
        return faulty;
    }

    // A number from a number, so that a map puts many into one message.
    public static int RunShort(int fault)
    {
        if (fault >= 0) Commit((Fault)fault);
        return fault;
    }

    public static int CountRun((SharedArray<int> Runs, int Index, int Microseconds) item)
    {
        long start = TimeProvider.System.GetTimestamp();
        Interlocked.Increment(ref item.Runs[item.Index]);
        while (TimeProvider.System.GetElapsedTime(start).TotalMicroseconds < item.Microseconds) Thread.SpinWait(10);
        return item.Index;
    }

    public static int Touch(SharedArray<int> array) => Interlocked.Increment(ref array[0]);

    public static int WaitFor(ProcessEvent signal)
    {
        signal.Wait();
        return 0;
    }

    public static int Flood((int Bytes, bool Lines) item)
    {
        byte[] block = new byte[64 * 1024];
        Array.Fill(block, (byte)'x');
        if (item.Lines)
        {
            for (int i = FloodLine - 1; i < block.Length; i += FloodLine) block[i] = (byte)'\n';
        }
        using var error = Console.OpenStandardError();
        for (int left = item.Bytes; left > 0; left -= block.Length) error.Write(block, 0, Math.Min(left, block.Length));
        return item.Bytes;
    }

    // Leaves a thread that waits for the signal.
    public static int Arm((ProcessEvent Signal, Fault Fault) item)
    {
        new Thread(() =>
        {
            item.Signal.Wait();
            Commit(item.Fault);
        }).Start();
        return Environment.ProcessId;
    }

    public static async Task<int> CommitAfterAsync((ProcessEvent Begun, ProcessEvent Signal, Fault Fault) item)
    {
        item.Begun.Set();
        await item.Signal.WaitAsync();
        Commit(item.Fault);
        return 0;
    }

    public static async Task<int> ProcessIdAsync(int _)
    {
        await Task.Yield();
        return Environment.ProcessId;
    }

    public static async Task<int> DeafAsync(ProcessEvent begun)
    {
        begun.Set();
        await new TaskCompletionSource().Task;
        return 0;
    }

    private static void FillMemory()
    {
        // The limit counts from here on, so the machine's memory is not touched.
        AppContext.SetData("GCHeapHardLimit", (ulong)GC.GetTotalMemory(forceFullCollection: false) + (64UL << 20));
        GC.RefreshMemoryLimit();
        var kept = new List<byte[]>();
        while (kept.Count < 10_000) kept.Add(new byte[1 << 20]);
    }

    [LibraryImport("libc", EntryPoint = "strlen")]
    private static partial nint StringLength(nint text);
}
