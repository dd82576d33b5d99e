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
    public static SharedRegion Create(nuint size, out int descriptor)
    {
        descriptor = Libc.MemoryFile("simul", Libc.MemoryFileCloseOnExec);
        if (descriptor < 0) throw Failed("memfd_create");
        try
        {
            if (Libc.Truncate(descriptor, (long)size) != 0) throw Failed("ftruncate");
            return Map(descriptor, size);
        }
        catch
        {
            Libc.Close(descriptor);
            throw;
        }
    }

    public static SharedRegion Map(int descriptor, nuint size) => new(MapMemory(descriptor, size), size);

    protected static void* MapMemory(int descriptor, nuint size)
    {
        void* address = Libc.Map(null, size, Libc.ProtectRead | Libc.ProtectWrite, Libc.MapShared, descriptor, 0);
        if ((nint)address == -1) throw Failed("mmap");
        return address;
    }

    protected override bool ReleaseHandle() => Libc.Unmap((void*)handle, _size) == 0;

    protected static IOException Failed(string call) =>
        new($"Shared memory could not be had: {call} failed: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
}
