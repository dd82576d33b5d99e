namespace Simul.Processes.Tests.Contract;

public sealed class LoopContract : ExecutorContract
{
    protected override string Engine => "loop";

    protected override Executor Make(int workers = 1, Func<ExecutorOptions, ExecutorOptions>? with = null)
    {
        var options = new LoopExecutorOptions { Workers = workers };
        return new LoopExecutor((LoopExecutorOptions)(with?.Invoke(options) ?? options));
    }
}

public sealed class ThreadContract : BlockableExecutorContract
{
    protected override string Engine => "threads";

    protected override Executor Make(int workers = 1, Func<ExecutorOptions, ExecutorOptions>? with = null)
    {
        var options = new ThreadExecutorOptions { Workers = workers };
        return new ThreadExecutor((ThreadExecutorOptions)(with?.Invoke(options) ?? options));
    }
}

public abstract class ProcessContract(WorkerTransport transport) : KillableExecutorContract
{
    protected override string Engine => "processes";

    // One asynchronous item a worker, so that "workers" bounds the same on all engines.
    protected override Executor Make(int workers = 1, Func<ExecutorOptions, ExecutorOptions>? with = null)
    {
        var options = new ProcessExecutorOptions { Workers = workers, Transport = transport, AsyncItemsPerWorker = 1, Grace = TimeSpan.FromSeconds(0.2), OutputHandler = static _ => { } };
        return new ProcessExecutor((ProcessExecutorOptions)(with?.Invoke(options) ?? options));
    }
}

public sealed class SharedMemoryProcessContract() : ProcessContract(WorkerTransport.SharedMemory);

public sealed class SocketProcessContract() : ProcessContract(WorkerTransport.Sockets);
