namespace Simul.Processes.Tests;

public sealed class ChildProcessLargeTests
{
    [Theory]
    [InlineData(WorkerTransport.SharedMemory)]
    [InlineData(WorkerTransport.Sockets)]
    public async Task LargeArgument_Captured_AndResult_Travel(WorkerTransport transport)
    {
        int[] captured = [.. Enumerable.Range(0, 100_000)];
        double[] argument = new double[100_000];
        Array.Fill(argument, 0.5);
        await using var child = ChildProcess.Start(x => x.Select((d, i) => d + captured[i]).ToArray(), argument, new ChildProcessOptions { Transport = transport });
        Assert.Equal(captured.Select(i => i + 0.5), await child);
    }

    // What it had reserved is gone with it.
    [Fact]
    public async Task Addresses_GoWithTheChild()
    {
        for (int i = 0; i < 20; i++)
        {
            await using var child = ChildProcess.Start(Jobs.Echo<byte[]>, new byte[200_000]);
            Assert.Equal(200_000, (await child).Length);
        }
        int mappings = File.ReadLines("/proc/self/maps").Count(l => l.Contains("memfd:simul", StringComparison.Ordinal));
        Assert.True(mappings < 30, $"{mappings} mappings are left of 20 children that had 2 each");
    }
}
