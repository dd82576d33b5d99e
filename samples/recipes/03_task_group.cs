#:project ../../src/Simul/Simul.csproj
// Tasks that belong together: one fails, the others are cancelled, and nobody is left behind.
using Simul;

EventLoop.Run(async () =>
{
    try
    {
        await TaskGroup.RunAsync(async group =>
        {
            _ = group.Spawn(() => CookAsync("rice", 0.01));
            _ = group.Spawn(() => CookAsync("stew", 60));
            _ = group.Spawn(() => BurnAsync("toast", 0.03));
        });
    }
    catch (TaskGroupException group)
    {
        foreach (var error in group.Errors)
            Console.WriteLine(error.Message);
    }
});

static async Task CookAsync(string dish, double seconds)
{
    try
    {
        await EventLoop.Delay(TimeSpan.FromSeconds(seconds));
        Console.WriteLine($"{dish} is done");
    }
    catch (OperationCanceledException)
    {
        Console.WriteLine($"{dish} is taken off the fire");
        throw;
    }
}

static async Task BurnAsync(string dish, double seconds)
{
    await EventLoop.Delay(TimeSpan.FromSeconds(seconds));
    throw new InvalidOperationException($"{dish} is burnt");
}
