using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Simul.Processes.Interop.Linux;

namespace Simul.Processes.Launch;

// Where workers run, and before whom.
//
// Linux: processors are inherited from the thread that starts a process, so that thread takes the worker's for the moment of
// the start and its own again afterwards; the worker never runs elsewhere, and its runtime counts them right from its beginning.
// That would do for the priority, too, but without a privilege nobody comes back from a lower one; so it is set when the process
// is there, on each thread that it has by then. The runtime makes its threads many milliseconds later.
//
// Elsewhere both are set by .NET's Process when the process is there.
internal sealed class Placement
{
    public const int MostProcessors = 8192; // what kernels can be built for

    private readonly ProcessPriorityClass _priority;
    private readonly int[]? _processors; // null: the parent's
    private readonly bool _pins;

    private Placement(ProcessPriorityClass priority, int[]? processors, bool pins)
    {
        _priority = priority;
        _processors = processors;
        _pins = pins;
    }

    // Null where workers run as their parent does.
    public static Placement? Of(ProcessExecutorOptions options)
    {
        if (options is { WorkerPriority: ProcessPriorityClass.Normal, Processors: null, PinWorkers: false }) return null;
        int[]? processors = options.Processors is { } some ? [.. some] : options.PinWorkers ? OwnProcessors() : null;
        var placement = new Placement(options.WorkerPriority, processors, options.PinWorkers);
        placement.ThrowIfImpossible();
        return placement;
    }

    // Starts a worker by calling `start`, which returns its process id.
    public int Start(int index, Func<int> start)
    {
        int id;
        if (OperatingSystem.IsLinux() && _processors is not null)
        {
            var own = ProcessorSet.OfThread(0);
            if (!ProcessorsOf(index).TryEnter()) throw new WorkerStartException($"Worker {index + 1} cannot run on the processors it was given: this process may not use them any more.");
            try
            {
                id = start();
            }
            finally
            {
                own.TryEnter();
            }
        }
        else
        {
            id = start();
        }
        if (OperatingSystem.IsLinux()) SetNice(id);
        return id;
    }

    // Where that is not Linux.
    public void Apply(Process process, int index)
    {
        if (OperatingSystem.IsLinux()) return;
        try
        {
            if (_priority != ProcessPriorityClass.Normal) process.PriorityClass = _priority;
            if (_processors is null || !OperatingSystem.IsWindows()) return;
            nint mask = 0;
            foreach (int number in NumbersOf(index)) mask |= (nint)1 << number;
            process.ProcessorAffinity = mask;
        }
        catch (InvalidOperationException)
        {
            // It has gone already.
        }
        catch (System.ComponentModel.Win32Exception refused)
        {
            process.Kill();
            throw new WorkerStartException($"A worker could not be given its priority {_priority}, or its processors: {refused.Message}", refused);
        }
    }

    [SupportedOSPlatform("linux")]
    private ProcessorSet ProcessorsOf(int index) => ProcessorSet.Of(NumbersOf(index));

    private ReadOnlySpan<int> NumbersOf(int index) => _pins ? _processors.AsSpan(index % _processors!.Length, 1) : _processors;

    [SupportedOSPlatform("linux")]
    private void SetNice(int process)
    {
        if (_priority == ProcessPriorityClass.Normal) return;
        // Until no thread is new: one that was made meanwhile may have the old value.
        HashSet<int> seen = [];
        bool anyNew = true;
        while (anyNew)
        {
            anyNew = false;
            foreach (int thread in ThreadsOf(process))
            {
                if (!seen.Add(thread)) continue;
                anyNew = true;
                _ = Libc.SetNice(thread, Nice); // was allowed before; the process may have gone
            }
        }
    }

    private static int[] ThreadsOf(int process)
    {
        try
        {
            return [.. Directory.EnumerateDirectories($"/proc/{process}/task").Select(static path => int.Parse(Path.GetFileName(path.AsSpan()), System.Globalization.CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            return [process]; // gone, or the system does not show its processes
        }
    }

    // As .NET's own Process.PriorityClass has it on Linux.
    private int Nice => _priority switch
    {
        ProcessPriorityClass.Idle => 19,
        ProcessPriorityClass.BelowNormal => 10,
        ProcessPriorityClass.AboveNormal => -6,
        ProcessPriorityClass.High => -11,
        ProcessPriorityClass.RealTime => -19,
        _ => 0,
    };

    // At the executor's making, not at the first item. What is tried is tried on a thread that ends with it.
    private void ThrowIfImpossible()
    {
        if (!OperatingSystem.IsLinux())
        {
            ThrowIfImpossibleElsewhere();
            return;
        }
        int failed = -1, priorityError = 0;
        var trial = new Thread(TryHere, 128 * 1024) { IsBackground = true, Name = "simul trial" };
        trial.UnsafeStart();
        trial.Join();
        if (failed >= 0) throw NoProcessor(failed);
        if (priorityError != 0)
        {
            throw new UnauthorizedAccessException($"{nameof(ProcessExecutorOptions)}.{nameof(ProcessExecutorOptions.WorkerPriority)} {_priority} (nice {Nice}) needs a privilege that this process does not have: {Marshal.GetPInvokeErrorMessage(priorityError)}. " +
                $"Give it CAP_SYS_NICE, or raise the limit on niceness (ulimit -e {20 - Nice}); or take a priority that is not above this process's own.");
        }

        void TryHere()
        {
            if (OperatingSystem.IsLinux()) (failed, priorityError) = Try();
        }
    }

    [SupportedOSPlatform("linux")]
    private (int Failed, int PriorityError) Try()
    {
        foreach (int number in _processors ?? [])
        {
            if (!ProcessorSet.Of([number]).TryEnter()) return (number, 0);
        }
        return _priority != ProcessPriorityClass.Normal && Libc.SetNice(0, Nice) != 0 ? (-1, Marshal.GetLastPInvokeError()) : (-1, 0);
    }

    private void ThrowIfImpossibleElsewhere()
    {
        if (_processors is null) return;
        if (!OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException($"This system does not bind processes to processors. Leave {nameof(ProcessExecutorOptions)}.{nameof(ProcessExecutorOptions.Processors)} and {nameof(ProcessExecutorOptions.PinWorkers)} out.");
        foreach (int number in _processors)
        {
            if (number >= Math.Min(System.Environment.ProcessorCount, nint.Size * 8)) throw NoProcessor(number);
        }
    }

    private static ArgumentOutOfRangeException NoProcessor(int number) =>
        new(nameof(ProcessExecutorOptions.Processors), number, $"There is no processor {number} that workers of this process may run on. {nameof(ProcessExecutorOptions)}.{nameof(ProcessExecutorOptions.Processors)} counts from 0; this process has {string.Join(", ", OwnProcessors())}.");

    private static int[] OwnProcessors() => OperatingSystem.IsLinux()
        ? ProcessorSet.OfThread(System.Environment.ProcessId).ToArray()
        : [.. Enumerable.Range(0, System.Environment.ProcessorCount)];
}
