using System.Runtime.CompilerServices;
using System.Runtime.Versioning;

namespace Simul.Processes.Pool;

// A map's batches on a pool.
[SupportedOSPlatform("linux")]
internal sealed class ProcessBatches<TArg, TResult>(WorkerPool pool, Delegate method, MapOptions options) : BatchRunner<TArg, TResult>
{
    private const int MostBytes = 64 * 1024; // of arguments

    private readonly WorkOptions _options = new() { Priority = options.Priority };

    public override int Largest => Math.Min(MostBytes / Unsafe.SizeOf<TArg>(), BatchMemory.ResultBytes / Unsafe.SizeOf<TResult>());

    public override Task<BatchOutcome<TResult>> RunAsync(TArg[] inputs, int start, int count, CancellationToken cancellationToken)
    {
        pool.ThrowIfClosed();
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled<BatchOutcome<TResult>>(cancellationToken);
        var reference = pool.Methods.Get(method, WorkShape.Synchronous, typeof(TArg), typeof(TResult));
        var job = new BatchJob<TArg, TResult>(pool, reference, _options, reference.Captured(method, pool.Options.Serializer), inputs.AsSpan(start, count), cancellationToken);
        pool.Submit(job);
        return job.Task;
    }
}
