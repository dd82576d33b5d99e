namespace Simul.Cli.Jobs.Host;

// What the engines run: one method of ours for every job, so that each engine sees the shape it treats best. A
// synchronous method occupies its worker; an asynchronous one lets a loop run many at once.
internal static class JobWork
{
    // Set in the host, null in its worker processes. Where the items share the host's process an outcome is told the moment
    // it is there: the engine hands it on only later, and the next item may end the process before that.
    public static Action<long, JobOutcome>? Told { get; set; }

    public static JobOutcome Run(JobCall call, CancellationToken token)
    {
        var outcome = JobTarget.Resolve(call.Assembly, call.Token).Invoke(call.Input, token);
        Told?.Invoke(call.Ticket, outcome);
        return outcome;
    }

    public static async Task<JobOutcome> RunAsync(JobCall call, CancellationToken token)
    {
        var outcome = await JobTarget.Resolve(call.Assembly, call.Token).InvokeAsync(call.Input, token);
        Told?.Invoke(call.Ticket, outcome);
        return outcome;
    }
}
