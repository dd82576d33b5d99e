using System.Net.Sockets;

namespace Simul.Processes.Transport;

// A Unix stream socket, used with blocking calls only: the runtime then goes straight to the kernel, without its own poll
// thread and a thread of the pool in between.
internal sealed class SocketChannel(Socket socket) : Channel
{
    public override int Receive(Span<byte> buffer)
    {
        try
        {
            return socket.Receive(buffer, SocketFlags.None, out var error) is var count && error == SocketError.Success ? count : 0;
        }
        catch (ObjectDisposedException)
        {
            return 0;
        }
    }

    public override void Send(ReadOnlySpan<byte> bytes, bool urgent)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                int sent = socket.Send(bytes, SocketFlags.None, out var error);
                if (error != SocketError.Success) throw new IOException($"The other process has gone: {error}.");
                bytes = bytes[sent..];
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
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The other side was first.
        }
    }

    public override void Dispose() => socket.Dispose();
}
