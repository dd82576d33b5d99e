using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using Simul.Processes.Interop.Linux;

namespace Simul.Processes.Transport;

// A Unix stream socket by its descriptor. The same as SocketChannel, without the runtime's socket library: loading and
// compiling that costs a worker several milliseconds of its start.
//
// The handle counts its users, so that a close cannot hit a descriptor another thread is just sending to.
[SupportedOSPlatform("linux")]
internal sealed class DescriptorChannel(int descriptor) : Channel
{
    private const int Interrupted = 4; // EINTR
    private const int NoSignal = 0x4000; // MSG_NOSIGNAL
    private const int BothWays = 2; // SHUT_RDWR
    private readonly SafeFileHandle _handle = new(descriptor, ownsHandle: true);

    public override unsafe int Receive(Span<byte> buffer)
    {
        try
        {
            fixed (byte* start = buffer)
            {
                while (true)
                {
                    nint count = Libc.Receive(_handle, start, (nuint)buffer.Length, 0);
                    if (count >= 0) return (int)count;
                    // ECONNRESET and the like: everything that had come was received before.
                    if (Marshal.GetLastPInvokeError() != Interrupted) return 0;
                }
            }
        }
        catch (ObjectDisposedException)
        {
            return 0;
        }
    }

    public override unsafe void Send(ReadOnlySpan<byte> bytes, bool urgent)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                nint sent;
                fixed (byte* start = bytes) sent = Libc.Send(_handle, start, (nuint)bytes.Length, NoSignal);
                if (sent >= 0)
                {
                    bytes = bytes[(int)sent..];
                    continue;
                }
                int error = Marshal.GetLastPInvokeError();
                if (error != Interrupted) throw new IOException($"The other process has gone: {Marshal.GetPInvokeErrorMessage(error)}.");
            }
        }
        catch (ObjectDisposedException closed)
        {
            throw new IOException("The channel was closed.", closed);
        }
    }

    public override void Shutdown()
    {
        try
        {
            Libc.Shutdown(_handle, BothWays);
        }
        catch (ObjectDisposedException)
        {
            // It was closed already.
        }
    }

    public override void Dispose() => _handle.Dispose();
}
