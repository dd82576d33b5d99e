namespace Simul.Processes.Transport;

// A private two-way stream of bytes between a parent and one worker. The seam for other transports.
//
// Thread safety: one thread receives, one at a time sends; Shutdown may come from anywhere.
internal abstract class Channel : IDisposable
{
    // Blocks until there is something; 0 when the other side has gone and everything it sent was received.
    public abstract int Receive(Span<byte> buffer);

    // Blocks until everything was handed over. Throws IOException when the other side has gone.
    public abstract void Send(ReadOnlySpan<byte> bytes);

    // Nothing more will come: Receive gives what is there, and then 0, whoever still holds the other end open.
    public abstract void Shutdown();

    public abstract void Dispose();
}
