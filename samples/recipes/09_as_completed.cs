#:project ../../src/Simul/Simul.csproj
// Results as they come, the quickest first.
using Simul;

EventLoop.Run(() => TaskGroup.RunAsync(async group =>
{
    (string Name, double Seconds)[] runners = [("hare", 0.05), ("horse", 0.01), ("tortoise", 0.09)];
    int place = 0;
    await foreach (var finished in EventLoop.AsCompletedAsync(runners.Select(runner => group.Spawn(() => RaceAsync(runner.Name, runner.Seconds)))))
        Console.WriteLine($"{++place} {finished.Result}");
}));

static async Task<string> RaceAsync(string runner, double seconds)
{
    await EventLoop.Delay(TimeSpan.FromSeconds(seconds));
    return runner;
}
