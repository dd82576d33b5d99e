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
}
