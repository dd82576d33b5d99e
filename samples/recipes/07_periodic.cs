#:project ../../src/Simul/Simul.csproj
// Every ten milliseconds, without drift, until told to stop.
using Simul;

EventLoop.Run(async () =>
{
    List<string> beats = [];
    var heart = EventLoop.Current.CallEvery(TimeSpan.FromSeconds(0.01), () => beats.Add("beat"));
    while (beats.Count < 4)
        await EventLoop.Delay(TimeSpan.FromSeconds(0.01));
    heart.Cancel();
    Console.WriteLine(string.Join(' ', beats.Take(4)));
});
