using System.Collections.Concurrent;
using System.Globalization;

namespace Simul.Cli.Jobs.Host;

// One job in a host: the bound method, the engine, and what is under way.
// Thread safety: Begin, NoMoreItems, GiveUp and CloseAsync come from the host's main thread; items end on any thread.
internal sealed class JobSession
{
    private readonly JobPipe _pipe;
    private readonly BoundMethod _method;
    private readonly Executor _engine;
    private readonly string _assembly;
    private readonly TimeSpan? _timeout;
    private readonly CancellationTokenSource _giveUp = new();
    private readonly TimeSpan _pausesBefore = GC.GetTotalPauseDuration();
    private readonly TimeSpan _cpuBefore = Environment.CpuUsage.TotalTime;
    // Attempts whose outcome has not been told. Who takes one out tells it: the method's end, or the engine (a time limit,
    // a worker that died), whichever is first; a method that ends after its time limit finds nothing to take.
    private readonly ConcurrentDictionary<long, int> _untold = new();
    private long _lastTicket; // owner: the host's main thread
    private int _open = 1; // items under way, and one for the list that has not ended

    private JobSession(JobPipe pipe, BoundMethod method, Executor engine, string assembly, TimeSpan? timeout)
    {
        _pipe = pipe;
        _method = method;
        _engine = engine;
        _assembly = assembly;
        _timeout = timeout;
    }

    public static JobSession Open(OpenJob open, JobPipe pipe)
    {
        BoundMethod method;
        try
        {
            method = JobTarget.Find(JobTarget.Load(open.Assembly), open.Assembly, open.Method);
        }
        catch (FileNotFoundException e)
        {
            throw new JobRefusedException($"{Path.GetFileName(open.Assembly)} needs {e.FileName ?? "a file"}, which is not there. Publish or build the project, so that its dependencies are found.");
        }
        try
        {
            method.Convert(open.FirstInput);
        }
        catch (Exception e)
        {
            throw new JobRefusedException($"The first input, '{BoundMethod.Shown(open.FirstInput)}', cannot be read as {ClrNames.Of(method.ArgumentType)}, which {ClrNames.Of(method.Method)} takes: {e.Message}");
        }
        var reporter = new ItemReporter(pipe);
        var engine = JobEngines.Create(open.Engine, open.Workers, reporter);
        if (open.TellProcessIds && engine is ProcessExecutor processes) reporter.ProcessOf = processes.FindWorkerProcessId;
        pipe.Send(new JobReady(ClrNames.Of(method.Method), method.Asynchronous, engine.Workers, JobEngines.Window(engine, method.Asynchronous)));
        var session = new JobSession(pipe, method, engine, open.Assembly, open.TimeoutSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
        JobWork.Told = session.Tell;
        return session;
    }

    public void Begin(RunItem item)
    {
        Interlocked.Increment(ref _open);
        long ticket = ++_lastTicket;
        _untold[ticket] = item.Index;
        var call = new JobCall(_assembly, _method.Method.MetadataToken, item.Input, ticket);
        var options = new WorkOptions { Name = ItemReporter.NameOf(item.Index), Timeout = _timeout };
        var task = _method.Asynchronous
            ? _engine.SubmitAsync(JobWork.RunAsync, call, options, _giveUp.Token)
            : _engine.SubmitAsync(JobWork.Run, call, options, _giveUp.Token);
        task.ContinueWith(ended => End(ticket, ended), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    public void NoMoreItems() => Leave();

    public void GiveUp() => _giveUp.CancelAsync();

    public ValueTask CloseAsync() => _engine.DisposeAsync();

    private void End(long ticket, Task<JobOutcome> task)
    {
        if (task.IsCompletedSuccessfully) Tell(ticket, task.Result);
        else if (task.Exception?.InnerException is { } error) Tell(ticket, new JobOutcome(null, error.GetType().FullName, error.Message, 0, Final: false));
        // Given up: nothing is said; the item has no outcome and will be run when the job is resumed.
        Leave();
    }

    private void Tell(long ticket, JobOutcome o)
    {
        if (_untold.TryRemove(ticket, out int index))
            _pipe.Send(new ItemEnded(index, o.Json, o.ErrorType, o.ErrorMessage, o.Seconds, o.Final));
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _open) != 0) return;
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        _pipe.Send(new JobDone((GC.GetTotalPauseDuration() - _pausesBefore).TotalSeconds, (Environment.CpuUsage.TotalTime - _cpuBefore).TotalSeconds, self.PeakWorkingSet64));
    }
}
