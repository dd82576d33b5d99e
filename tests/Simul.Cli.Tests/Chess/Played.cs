namespace Simul.Cli.Tests;

// Exhibitions played inside the test, and what came of them.
internal static class Played
{
    public static readonly ExhibitionPlan Standard = new(24, 30, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(55));

    public static Exhibition Engine(string name) => Exhibition.All.Single(exhibition => exhibition.Engine == name);

    public static Task<ExhibitionRun> OnAsync(string engine, ExhibitionPlan plan, int? workers = null, TimeProvider? clock = null) =>
        OnAsync(Engine(engine), plan, workers, clock);

    public static Task<ExhibitionRun> OnAsync(Exhibition exhibition, ExhibitionPlan plan, int? workers = null, TimeProvider? clock = null) =>
        ExhibitionRun.PlayAsync(exhibition, plan, workers, () => clock ?? new VirtualTimeProvider(), CancellationToken.None);

    // Small exhibitions of every kind, the same in every run: few boards and many, long moves and long replies, times that
    // are zero, and ties (a reply that comes just when she is free).
    public static IEnumerable<ExhibitionPlan> SomePlans(int seed, int count)
    {
        var random = new Random(seed);
        while (count-- > 0)
        {
            int move = random.Next(4) == 0 ? 0 : random.Next(1, 12);
            int reply = random.Next(3) switch { 0 => 0, 1 => move * random.Next(1, 6), _ => random.Next(1, 40) };
            if (move + reply == 0) reply = 1;
            yield return new ExhibitionPlan(random.Next(1, 9), random.Next(1, 7), TimeSpan.FromMilliseconds(move * 250), TimeSpan.FromMilliseconds(reply * 250));
        }
    }
}
