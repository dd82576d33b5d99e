#:project ../../src/Simul/Simul.csproj
// Not longer than that: as an error, and as an answer.
using Simul;

EventLoop.Run(async () =>
{
    Console.WriteLine(await CancelScope.TimeoutAfterAsync(TimeSpan.FromSeconds(5), () => FetchAsync(0.01)));
    try
    {
        await CancelScope.TimeoutAfterAsync(TimeSpan.FromSeconds(0.02), () => FetchAsync(60));
    }
    catch (TimeoutException)
    {
        Console.WriteLine("too late");
    }

    bool late = await CancelScope.MoveOnAfterAsync(TimeSpan.FromSeconds(0.02), () => FetchAsync(60));
    Console.WriteLine(late ? "moved on" : "in time");
});

static async Task<string> FetchAsync(double seconds)
{
    await EventLoop.Delay(TimeSpan.FromSeconds(seconds));
    return "a reply";
}
