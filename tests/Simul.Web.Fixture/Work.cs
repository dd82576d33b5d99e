using System.Runtime;
using Microsoft.AspNetCore.Identity;

namespace Simul.Web.Fixture;

// What the endpoints run in workers.
internal static class Work
{
    public static int CountPrimes(int below)
    {
        int count = 0;
        for (int n = 2; n < below; n++)
        {
            bool prime = true;
            for (int d = 2; d * d <= n && prime; d++) prime = n % d != 0;
            if (prime) count++;
        }
        return count;
    }

    public static Surroundings LookAround() => new(Environment.ProcessId, GCSettings.IsServerGC, typeof(IResult).Assembly.Location);

    public static (string Hash, string Library) Hash(string password) =>
        (new PasswordHasher<string>().HashPassword("", password), typeof(PasswordHasher<>).Assembly.Location);

    // What no handler of exceptions in the application could survive.
    public static int Crash(string how)
    {
        if (how == "overflow") return Overflow(0);
        Environment.Exit(3);
        return 0;
    }

    // Says that it has begun, waits to be let go, and says if it was cancelled instead.
    public static int Hold(string name, CancellationToken cancelled)
    {
        using var begun = ProcessEvent.Open(name + "-begun");
        using var go = ProcessEvent.Open(name + "-go");
        using var wasCancelled = ProcessEvent.Open(name + "-cancelled");
        begun.Set();
        try
        {
            go.Wait(cancelled);
            return Environment.ProcessId;
        }
        catch (OperationCanceledException)
        {
            wasCancelled.Set();
            throw;
        }
    }

    private static int Overflow(int depth) => Overflow(depth + 1) + 1;
}
