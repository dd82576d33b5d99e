#:project ../../src/Simul/Simul.csproj
// Many requests, at most three of them at once.
using Simul;

int running = 0, most = 0;

EventLoop.Run(async () =>
{
    var limit = new CapacityLimiter(3);
    var pages = Enumerable.Range(0, 10).Select(number => $"page {number}");
    var lengths = await EventLoop.GatherAsync([.. pages.Select(page => FetchAsync(page, limit))]);
    Console.WriteLine($"{lengths.Sum()} characters, at most {most} at once");
});

async Task<int> FetchAsync(string page, CapacityLimiter limit)
{
    using (await limit.AcquireAsync(page))
    {
        most = Math.Max(most, ++running);
        await EventLoop.Delay(TimeSpan.FromSeconds(0.005));
        running--;
        return page.Length;
    }
}
