namespace Simul.Cli.Jobs.Host;

// What the engines run: one method of ours for every job, so that each engine sees the shape it treats best. A
// synchronous method occupies its worker; an asynchronous one lets a loop run many at once.
internal static class JobWork
{
    public static JobOutcome Run(JobCall call, CancellationToken token) =>
        JobTarget.Resolve(call.Assembly, call.Token).Invoke(call.Input, token);

    public static Task<JobOutcome> RunAsync(JobCall call, CancellationToken token) =>
        JobTarget.Resolve(call.Assembly, call.Token).InvokeAsync(call.Input, token);
}
