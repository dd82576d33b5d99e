#:project ../../src/Simul/Simul.csproj
// Code that blocks, on threads, while the loop goes on.
using Simul;

EventLoop.Run(async () =>
{
    using var lamp = new ManualResetEventSlim();
    var switching = SwitchOnAsync(lamp);
    var pages = await EventLoop.GatherAsync(
        EventLoop.ToThreadAsync(() => Read("left", lamp)),
        EventLoop.ToThreadAsync(() => Read("right", lamp)));
    await switching;
    foreach (string page in pages)
        Console.WriteLine(page);
});

static string Read(string name, ManualResetEventSlim lamp)
{
    lamp.Wait();
    return $"{name} was read by lamplight";
}

static async Task SwitchOnAsync(ManualResetEventSlim lamp)
{
    await EventLoop.Delay(TimeSpan.FromSeconds(0.01));
    Console.WriteLine("the lamp is on");
    lamp.Set();
}
