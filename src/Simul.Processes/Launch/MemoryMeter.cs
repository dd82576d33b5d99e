using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Simul.Processes.Launch;

// How much memory a process has of its own.
//
// On Linux: what is resident and not shared (/proc/PID/statm), so that neither the libraries every process maps nor the arenas
// count. The file stays open: it is of this process, whoever gets its number later, and a look is then one call and allocates
// nothing. Elsewhere there are no arenas, and the working set is what .NET can tell of another process.
//
// Thread safety: all members may be used from any thread.
internal sealed class MemoryMeter : IDisposable
{
    private readonly int _processId;
    private readonly SafeFileHandle? _file;

    private MemoryMeter(int processId, SafeFileHandle? file)
    {
        _processId = processId;
        _file = file;
    }

    // Of a process that cannot have been collected yet.
    public static MemoryMeter Of(int processId)
    {
        SafeFileHandle? file = null;
        try
        {
            if (OperatingSystem.IsLinux()) file = File.OpenHandle($"/proc/{processId}/statm");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It has gone; or this system does not show its processes, which was found out before.
        }
        return new(processId, file);
    }

    // For who is about to rely on it.
    public static void ThrowIfUnreadable(string option)
    {
        using var own = Of(System.Environment.ProcessId);
        if (own.Read() == 0) throw new PlatformNotSupportedException($"The memory of other processes cannot be read on this system{(OperatingSystem.IsLinux() ? ", for /proc is not mounted" : "")}. Leave {option} out.");
    }

    public static string Text(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):0.#} MB");

    // In bytes; 0 when the process has gone.
    public long Read() => OperatingSystem.IsLinux() ? ReadStatistics() : ReadWorkingSet();

    public void Dispose() => _file?.Dispose();

    // size, resident, shared, and more, in pages.
    private long ReadStatistics()
    {
        if (_file is null) return 0;
        Span<byte> text = stackalloc byte[256];
        try
        {
            text = text[..RandomAccess.Read(_file, text, 0)];
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            return 0;
        }
        return TakeNumber(ref text, out _) && TakeNumber(ref text, out long resident) && TakeNumber(ref text, out long shared)
            ? Math.Max(0, resident - shared) * System.Environment.SystemPageSize
            : 0;
    }

    private static bool TakeNumber(ref Span<byte> text, out long number)
    {
        if (!Utf8Parser.TryParse(text, out number, out int used)) return false;
        text = text[Math.Min(used + 1, text.Length)..];
        return true;
    }

    private long ReadWorkingSet()
    {
        try
        {
            using var process = Process.GetProcessById(_processId);
            return process.WorkingSet64;
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return 0;
        }
    }
}
