using System.Diagnostics;
using System.Threading.Channels;

namespace Simul;

// The writing side in the BCL's shape; the rules are the channel's.
[DebuggerDisplay("{DebuggerText,nq}")]
internal sealed class LoopChannelWriter<T>(LoopChannel<T> channel) : ChannelWriter<T>
{
    public override bool TryWrite(T item) => channel.TryWrite(item);

    public override ValueTask WriteAsync(T item, CancellationToken cancellationToken = default) => channel.WriteAsync(item, cancellationToken);

    public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default) => channel.WaitToWriteAsync(cancellationToken);

    public override bool TryComplete(Exception? error = null) => channel.TryComplete(error);

    private string DebuggerText => channel.Describe();
}
