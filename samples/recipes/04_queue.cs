#:project ../../src/Simul/Simul.csproj
// A producer, three consumers, a queue with room for two.
using System.Threading.Channels;
using Simul;

EventLoop.Run(async () =>
{
    var queue = LoopChannel.CreateBounded<int>(2);
    List<int> results = [];
    await TaskGroup.RunAsync(async group =>
    {
        for (int i = 0; i < 3; i++) _ = group.Spawn(() => WorkAsync(queue, results));
        for (int number = 0; number < 10; number++)
            await queue.Writer.WriteAsync(number);
        queue.Writer.Complete();
    });
    Console.WriteLine(string.Join(' ', results.Order()));
});

static async Task WorkAsync(ChannelReader<int> queue, List<int> results)
{
    await foreach (int number in queue.ReadAllAsync())
    {
        await EventLoop.Delay(TimeSpan.FromSeconds(0.001));
        results.Add(number * number);
    }
}
