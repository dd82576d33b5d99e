#:project ../../src/Simul.Processes/Simul.Processes.csproj
// Patterns that somebody else wrote, each with half a second. One of them would take longer than the universe: its process is
// killed, and the others do not notice.
using System.Text.RegularExpressions;
using Simul;

string[] patterns = ["^a+b$", "^(a+)+$", "^[ab]*$", "^(a"];

await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 2, Grace = TimeSpan.Zero });
await foreach (var outcome in pool.MapOutcomesAsync(patterns, Matches, new MapOptions { Timeout = TimeSpan.FromSeconds(0.5) }))
{
    Console.WriteLine(outcome.Error switch
    {
        null => $"{outcome.Input} {(outcome.Result ? "matches" : "does not match")}",
        TimeoutException => $"{outcome.Input} took too long",
        RemoteException { RemoteTypeName: "System.Text.RegularExpressions.RegexParseException" } => $"{outcome.Input} is no pattern", // its own type cannot be made here
        var error => $"{outcome.Input}: {error}",
    });
}

static bool Matches(string pattern) => Regex.IsMatch(new string('a', 60) + "b", pattern);

// prints:
// ^a+b$ matches
// ^(a+)+$ took too long
// ^[ab]*$ matches
// ^(a is no pattern
