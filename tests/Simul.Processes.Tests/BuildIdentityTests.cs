using System.Runtime.Versioning;
using Simul.Processes.Interop.Linux;
using Simul.Processes.Launch;
using Simul.Processes.Transport;
using Simul.Processes.Worker;

namespace Simul.Processes.Tests;

// Parent and worker of different builds: each side against a double of the other, at the ends of one channel.
[SupportedOSPlatform("linux")]
public sealed class BuildIdentityTests
{
    private static readonly BuildIdentity s_other = new(new Guid("00000000-0000-0000-0000-00000000000a"), "9.9.9");

    private static (RingChannel Parent, RingChannel Worker) Pair()
    {
        var parent = RingChannel.Create(out int descriptor);
        var worker = RingChannel.Open(descriptor);
        Libc.Close(descriptor);
        return (parent, worker);
    }

    [Fact]
    public async Task WorkerOfAnotherBuild_SaysWhoItIs_AndEnds()
    {
        var (parent, worker) = Pair();
        using (parent)
        using (worker)
        {
            var running = Task.Factory.StartNew(() => new WorkerSession(worker, arguments: null).Run(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            var hello = new FrameWriter();
            hello.Begin(MessageKind.Hello);
            s_other.Write(hello);
            hello.End();
            hello.SendTo(parent);
            Assert.Equal(BuildIdentity.Own, ReadOther(parent));
            Assert.Equal(0, await running.WaitAsync(TimeSpan.FromSeconds(30)));
        }
    }

    [Fact]
    public async Task Parent_RefusesWorkerOfAnotherBuild_NamingBoth()
    {
        using var launcher = new OtherBuildLauncher();
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1 }, launcher);
        var refused = await Assert.ThrowsAsync<WorkerStartException>(() => pool.SubmitAsync(Jobs.ProcessId).WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains(s_other.ToString(), refused.Message);
        Assert.Contains(BuildIdentity.Own.ToString(), refused.Message);
        Assert.Equal(1, launcher.Started);
    }

    private static BuildIdentity ReadOther(Channel channel)
    {
        var reader = new FrameReader(channel);
        while (reader.Fill())
        {
            if (!reader.TryRead(out var kind, out var bytes)) continue;
            Assert.Equal(MessageKind.OtherBuild, kind);
            var body = new FrameBody(bytes);
            return BuildIdentity.Read(ref body);
        }
        throw new InvalidOperationException("The worker said nothing.");
    }

    private sealed class OtherBuildLauncher : WorkerLauncher
    {
        private readonly List<RingChannel> _ends = [];

        public int Started { get; private set; }

        public override (WorkerProcess Process, Channel Channel) Start(string workerName, int index, Action<string, bool, int> output)
        {
            Started++;
            var (parent, worker) = Pair();
            _ends.Add(worker);
            var frame = new FrameWriter();
            frame.Begin(MessageKind.OtherBuild);
            s_other.Write(frame);
            frame.End();
            frame.SendTo(worker);
            return (new NoProcess(), parent);
        }

        public override void Dispose() => _ends.ForEach(static e => e.Dispose());
    }

    private sealed class NoProcess : WorkerProcess
    {
        public override int Id => 1_000_000_000;

        public override string ErrorTail => "";

        public override void Terminate() => Kill();

        public override void Kill() => SetExited(new WorkerExit(null, 9));
    }
}
