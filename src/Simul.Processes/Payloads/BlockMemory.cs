using System.Buffers;
using System.Runtime.CompilerServices;
using Simul.Processes.Transport;

namespace Simul.Processes.Payloads;

// A large argument as the method sees it that takes ReadOnlyMemory: the shared memory itself, without a copy, while the item
// runs. Later it belongs to other items, so it can no longer be looked at.
internal sealed unsafe class BlockMemory<T>(ArenaBlock block, ItemLease lease) : MemoryManager<T>
{
    public override Span<T> GetSpan()
    {
        lease.ThrowIfOver();
        return new Span<T>(block.Start, checked((int)(block.Length / Unsafe.SizeOf<T>())));
    }

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        lease.ThrowIfOver();
        return new MemoryHandle(block.Start + (long)elementIndex * Unsafe.SizeOf<T>());
    }

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
