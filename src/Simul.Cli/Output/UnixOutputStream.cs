using System.Runtime.InteropServices;

namespace Simul.Cli;

// Standard output or error as write(2) has it.
// Why not the console's stream: it swallows EPIPE, so `simul ... | head -1` would work on for nobody. Why not a FileStream:
// it writes at offsets of its own, and a file that the shell shares between commands would be overwritten.
internal sealed class UnixOutputStream(int descriptor) : Stream
{
    private const int Interrupted = 4; // EINTR
    private const int BrokenPipe = 32; // EPIPE
    private const int InputOutput = 5; // EIO: the terminal has gone
    private const int BadDescriptor = 9; // EBADF
    private static readonly int s_again = OperatingSystem.IsLinux() ? 11 : 35; // EAGAIN

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override unsafe void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            nint written;
            fixed (byte* start = buffer) written = Libc.Write(descriptor, start, (nuint)buffer.Length);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
                continue;
            }
            int error = Marshal.GetLastPInvokeError();
            if (error == Interrupted) continue;
            if (error == s_again) Libc.WaitWritable(descriptor); // another process made the shared descriptor non-blocking
            else if (error is BrokenPipe or InputOutput or BadDescriptor) throw new OutputClosedException();
            else throw new IOException($"Cannot write to standard {(descriptor == 1 ? "output" : "error")}: {Marshal.GetPInvokeErrorMessage(error)}.");
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
