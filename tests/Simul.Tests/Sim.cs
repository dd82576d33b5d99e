using System.Runtime.ExceptionServices;

namespace Simul.Tests;

// What nearly every test needs: a loop in virtual time, on a thread of its own so that no context of the runner is around,
// with a limit in real time so that a hang is a failure with a name. Under a seed (./test --seed N, or the seed runner) the
// loop's turns run in that seed's order.
internal static class Sim
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(100);

    public static TimeSpan Sec(double seconds) => TimeSpan.FromSeconds(seconds);

    public static EventLoopOptions Options() => new() { Clock = new VirtualTimeProvider(), Log = static _ => { }, Scheduling = SeedRun.NextPolicy() };

    // Returns the virtual time it took.
    public static TimeSpan Run(Func<Task> main, Func<EventLoopOptions, EventLoopOptions>? change = null)
    {
        var options = change is null ? Options() : change(Options());
        OnThread(() => EventLoop.Run(main, options));
        return options.Clock is VirtualTimeProvider clock ? clock.Elapsed : TimeSpan.Zero;
    }

    // What the body puts into the log, in order.
    public static string Trace(Func<List<string>, Task> main, Func<EventLoopOptions, EventLoopOptions>? change = null)
    {
        List<string> trace = [];
        Run(() => main(trace), change);
        return string.Join(" ", trace);
    }

    // Waits until nobody else on the loop can go on: whoever was spawned has reached its wait. One Yield says so only in
    // first-in-first-out order.
    public static ValueTask Settle() => EventLoop.WaitAllBlockedAsync();

    public static void OnThread(Action action) => OnThread<object?>(() =>
    {
        action();
        return null;
    });

    public static T OnThread<T>(Func<T> action)
    {
        if (SeedWorker.IsIdle) return action();
        T result = default!;
        ExceptionDispatchInfo? error = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = action();
            }
            catch (Exception e)
            {
                error = ExceptionDispatchInfo.Capture(e);
            }
        }) { IsBackground = true, Name = "test" };
        thread.Start();
        if (!thread.Join(s_limit)) throw new TimeoutException($"The test hung for {s_limit}.");
        error?.Throw();
        return result;
    }

    // For conditions that another thread will bring about; the limit is only for the case that it never does.
    public static void Eventually(Func<bool> condition, string what)
    {
        if (!SpinWait.SpinUntil(condition, s_limit)) throw new TimeoutException($"It never happened: {what}.");
    }

    public static async Task<TException> Raises<TException>(Func<Task> body)
        where TException : Exception
    {
        try
        {
            await body();
        }
        catch (TException error)
        {
            return error;
        }
        throw new Xunit.Sdk.XunitException($"No {typeof(TException).Name} came.");
    }

    public static void Says(Exception error, params string[] words)
    {
        foreach (string word in words) Assert.Contains(word, error.Message, StringComparison.OrdinalIgnoreCase);
    }
}
