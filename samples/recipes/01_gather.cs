#:project ../../src/Simul/Simul.csproj
// Several things at once, their results in order.
using Simul;

EventLoop.Run(async () =>
{
    var reports = await EventLoop.GatherAsync(
        FetchAsync("Oslo", 0.03),
        FetchAsync("Rome", 0.01),
        FetchAsync("Lima", 0.02));
    foreach (string report in reports)
        Console.WriteLine(report);
});

static async Task<string> FetchAsync(string city, double seconds)
{
    await EventLoop.Delay(TimeSpan.FromSeconds(seconds));
    return $"{city}: sunny";
}
