using Simul.Processes.Transport;

namespace Simul.Processes.Worker;

// The clock a worker's items see: the system's, a scaled one of the parent's speed, or one that stands for the parent's
// virtual clock.
internal sealed class WorkerClock
{
    private readonly TimeProvider? _real;
    private readonly RemoteTime? _virtual;

    private WorkerClock(TimeProvider? real, RemoteTime? virtualTime)
    {
        _real = real;
        _virtual = virtualTime;
    }

    public static WorkerClock Real { get; } = new(TimeProvider.System, null);

    public static void Write(FrameWriter target, TimeProvider clock)
    {
        var real = clock as ScaledTimeProvider;
        var simulated = clock as VirtualTimeProvider;
        target.Write(simulated is not null ? (byte)2 : real is not null ? (byte)1 : (byte)0);
        target.Write(BitConverter.DoubleToInt64Bits(real?.Speed ?? 1));
        target.Write(simulated?.GetTimestamp() ?? real?.OriginTimestamp ?? 0);
        target.Write((simulated?.GetUtcNow() - simulated?.Elapsed)?.UtcTicks ?? 0);
    }

    public static WorkerClock Read(ref FrameBody body)
    {
        byte kind = body.ReadByte();
        double speed = BitConverter.Int64BitsToDouble(body.ReadInt64());
        long now = body.ReadInt64();
        long start = body.ReadInt64();
        return kind switch
        {
            // The system's timestamps are the machine's, so a clock of the same speed and origin shows the same time.
            1 => new(new ScaledTimeProvider(speed, originTimestamp: now), null),
            2 => new(null, new RemoteTime(now, new DateTimeOffset(start, TimeSpan.Zero))),
            _ => Real,
        };
    }

    // What a loop in this worker counts its time on. A virtual clock's jumps are the parent's to make, and reach blocking sleeps
    // only; the loop then runs in real time.
    public TimeProvider LoopClock => _real ?? TimeProvider.System;

    public void Advance(long now) => _virtual?.Advance(now);

    public WorkContext ContextFor(WorkerItem item, string worker, object? state, WorkerSender sender)
    {
        if (_virtual is null) return new WorkContext(Pool.WorkerPool.EngineName, worker, _real!, item.Token) { Attempt = item.Attempt, State = state, Item = item };
        item.Clock = new RemoteVirtualClock(_virtual, item.Id, sender);
        return new WorkContext(Pool.WorkerPool.EngineName, worker, item.Clock, item.Token) { Attempt = item.Attempt, State = state, Item = item };
    }
}
