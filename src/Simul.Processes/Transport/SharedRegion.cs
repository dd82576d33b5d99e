using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using Simul.Processes.Interop.Linux;

namespace Simul.Processes.Transport;

// Memory that two processes share: a mapping of a file that has no name, so that nothing can be left behind, however they end.
//
// The handle counts its users: it is unmapped when the last of them is out, so nobody's memory goes while he is in it.
[SupportedOSPlatform("linux")]
internal unsafe class SharedRegion : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly nuint _size;

    protected SharedRegion(void* address, nuint size)
        : base(ownsHandle: true)
    {
        _size = size;
        SetHandle((nint)address);
    }

    // Valid as long as the caller holds a reference, or the handle is not closed.
    public byte* Address => (byte*)handle;

    // Returns its descriptor, which closes on exec and is the caller's to close once the other process has its own.
    public static SharedRegion Create(long size, out int descriptor)
    {
        descriptor = Libc.MemoryFile("simul", Libc.MemoryFileCloseOnExec);
        if (descriptor < 0) throw Failed("memfd_create");
        try
        {
            if (Libc.Truncate(descriptor, size) != 0) throw Failed("ftruncate");
            return Map(descriptor, size);
        }
        catch
        {
            Libc.Close(descriptor);
            throw;
        }
    }

    public static SharedRegion Map(int descriptor, long size, bool readOnly = false) => new(MapMemory(descriptor, size, readOnly), (nuint)size);

    protected static void* MapMemory(int descriptor, long size, bool readOnly = false)
    {
        void* address = Libc.Map(null, (nuint)size, readOnly ? Libc.ProtectRead : Libc.ProtectRead | Libc.ProtectWrite, Libc.MapShared, descriptor, 0);
        if ((nint)address == -1) throw Failed("mmap");
        return address;
    }

    // Of somebody else's.
    public static long SizeOf(int descriptor) => Libc.Seek(descriptor, 0, Libc.SeekEnd) is var size and > 0 ? size : throw Failed("lseek");

    // A part of it, whole pages: its memory goes back to the system, in all processes; it reads as zeros afterwards.
    public void Discard(byte* start, nuint length)
    {
        if (Libc.Advise(start, length, Libc.AdviseRemove) != 0) throw Failed("madvise");
    }

    protected override bool ReleaseHandle() => Libc.Unmap((void*)handle, _size) == 0;

    protected static IOException Failed(string call) =>
        new($"Shared memory could not be had: {call} failed: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
}
