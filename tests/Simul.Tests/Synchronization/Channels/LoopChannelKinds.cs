namespace Simul.Tests.Synchronization.Channels;

public class BoundedOfOneTests : BufferedChannelConformance
{
    private protected override LoopChannelOptions<int> Kind => new() { Capacity = 1 };
}

public class BoundedTests : BufferedChannelConformance
{
    private protected override LoopChannelOptions<int> Kind => new() { Capacity = 3 };
}

public class LifoTests : BufferedChannelConformance
{
    private protected override LoopChannelOptions<int> Kind => new() { Capacity = 3, Order = LoopChannelOrder.Lifo };
}

public class PriorityTests : BufferedChannelConformance
{
    private protected override LoopChannelOptions<int> Kind => new() { Capacity = 3, Order = LoopChannelOrder.Priority };
}

public class RendezvousTests : BoundedChannelConformance
{
    private protected override LoopChannelOptions<int> Kind => new() { Capacity = 0 };
}

public class UnboundedTests : LoopChannelConformance
{
    private protected override LoopChannelOptions<int> Kind => new();
}

public class UnboundedLifoTests : LoopChannelConformance
{
    private protected override LoopChannelOptions<int> Kind => new() { Order = LoopChannelOrder.Lifo };
}

public class UnboundedPrioritizedTests : LoopChannelConformance
{
    private protected override LoopChannelOptions<int> Kind => new() { Order = LoopChannelOrder.Priority };
}
