using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Simul;

// The reading side in the BCL's shape; the rules are the channel's.
[DebuggerDisplay("{DebuggerText,nq}")]
internal sealed class LoopChannelReader<T>(LoopChannel<T> channel) : ChannelReader<T>
{
    public override Task Completion => channel.CompletionTask;

    public override bool CanCount => true;

    public override int Count => channel.CountOfItems;

    public override bool CanPeek => true;

    public override bool TryRead([MaybeNullWhen(false)] out T item) => channel.TryRead(out item);

    public override bool TryPeek([MaybeNullWhen(false)] out T item) => channel.TryPeek(out item);

    public override ValueTask<T> ReadAsync(CancellationToken cancellationToken = default) => channel.ReadAsync(cancellationToken);

    public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) => channel.WaitToReadAsync(cancellationToken);

    public override IAsyncEnumerable<T> ReadAllAsync(CancellationToken cancellationToken = default) => new LoopChannelItems<T>(channel, cancellationToken);

    private string DebuggerText => channel.Describe();
}
