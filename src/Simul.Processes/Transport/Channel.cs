namespace Simul.Processes.Transport;

// A private two-way stream of bytes between a parent and one worker. The seam for other transports.
//
// Thread safety: one thread receives, one at a time sends; Shutdown may come from anywhere.
internal abstract class Channel : IDisposable
{
    // Blocks until there is something; 0 when the other side has gone and everything it sent was received.
    public abstract int Receive(Span<byte> buffer);

    // Blocks until everything was handed over. Throws IOException when the other side has gone. Urgent: to be looked at even
    // where the receiver is busy with something else.
    public abstract void Send(ReadOnlySpan<byte> bytes, bool urgent);

    // Whether a receiver need not be there all the time: something urgent calls one.
    public virtual bool CallsForReceiver => false;

    // Where that is so: blocks until a receiver is called for. False once the channel is closed.
    public virtual bool WaitForCall() => throw new NotSupportedException();

    // Where that is so: whether Receive would return at once.
    public virtual bool HasMore => throw new NotSupportedException();

    // Where the worker puts large results; null: into its frames.
    public virtual Arena? Results => null;

    // Nothing more will come: Receive gives what is there, and then 0, whoever still holds the other end open.
    public abstract void Shutdown();

    public abstract void Dispose();
}
