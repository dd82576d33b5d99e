namespace Simul.Processes.Tests;

// How a pool reaches its workers. What it promises is the same each way, so what tests the promises runs each way.
public enum Way
{
    SharedMemory,
    Sockets,
    Portable, // started and connected as on every system
}

public abstract class PoolTests(Way way)
{
    protected ProcessExecutor Open(ProcessExecutorOptions options) => new(options with
    {
        Transport = way == Way.SharedMemory ? WorkerTransport.SharedMemory : WorkerTransport.Sockets,
        PortableLaunch = way == Way.Portable,
    });
}
