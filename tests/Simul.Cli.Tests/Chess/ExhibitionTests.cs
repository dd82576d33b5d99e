namespace Simul.Cli.Tests;

// The times that the exhibition's clock shows, held against arithmetic.
public sealed class ExhibitionTests
{
    private const int Plans = 60;
    private static readonly string[] s_suspensions = ["loop", "callbacks", "generators", "greenlets"];

    [Theory]
    [InlineData("sync", 43_200, 43_200)]
    [InlineData("loop", 3_600, 3_655)]
    [InlineData("callbacks", 3_600, 3_655)]
    [InlineData("generators", 3_600, 3_655)]
    [InlineData("greenlets", 3_600, 3_655)]
    [InlineData("threads", 1_800, 1_800)]
    public async Task Standard_OnEachEngine_TakesWhatTheTableSays(string engine, int duration, int lastReply)
    {
        var run = await Played.OnAsync(engine, Played.Standard);
        Assert.Equal(TimeSpan.FromSeconds(duration), run.Duration);
        Assert.Equal(TimeSpan.FromSeconds(lastReply), run.LastReply);
        Assert.Equal(720, run.Moves);
    }

    [Fact]
    public async Task Sync_AnyPlan_TakesAllGamesTogether()
    {
        foreach (var plan in Played.SomePlans(1, Plans))
        {
            var run = await Played.OnAsync("sync", plan);
            Assert.Equal((plan, Formula.OneByOne(plan), Formula.OneByOne(plan)), (plan, run.Duration, run.LastReply));
            Assert.Equal(plan.Boards * plan.Pairs, run.Moves);
        }
    }

    [Theory]
    [InlineData("loop")]
    [InlineData("callbacks")]
    [InlineData("generators")]
    [InlineData("greenlets")]
    public async Task TableToTable_AnyPlan_TakesWhatTheClosedFormSays(string engine)
    {
        foreach (var plan in Played.SomePlans(2, Plans))
        {
            var run = await Played.OnAsync(engine, plan);
            Assert.Equal((plan, Formula.TableToTable(plan), Formula.TableToTable(plan) + plan.Opponent), (plan, run.Duration, run.LastReply));
            Assert.Equal(plan.Boards * plan.Pairs, run.Moves);
        }
    }

    [Fact]
    public async Task TableToTable_EachBoard_IsServedInItsTurn()
    {
        foreach (var plan in Played.SomePlans(3, Plans))
        {
            var run = await Played.OnAsync("loop", plan);
            var expected = Enumerable.Range(1, plan.Boards).Select(board => new GameRecord(board, plan.Pairs, Formula.LastMove(plan, board), Formula.LastMove(plan, board) + plan.Opponent));
            Assert.Equal(expected, run.Games);
        }
    }

    [Fact]
    public async Task Suspensions_AnyPlan_GiveTheSameGames()
    {
        foreach (var plan in Played.SomePlans(4, 20).Append(Played.Standard))
        {
            var recorded = plan with { KeepsSpans = true };
            var games = new List<IEnumerable<(int, BoardSpan)>>();
            foreach (string engine in s_suspensions)
                games.Add((await Played.OnAsync(engine, recorded)).Games.SelectMany(game => game.Spans!.Select(span => (game.Board, span))));
            Assert.All(games, game => Assert.Equal(games[0], game));
        }
    }

    [Fact]
    public async Task Player_AnyPlan_IsAtOneBoardAtATime()
    {
        foreach (var plan in Played.SomePlans(5, 20))
        {
            var run = await Played.OnAsync("loop", plan with { KeepsSpans = true });
            var hers = run.Games.SelectMany(game => game.Spans!).Where(span => span.Hers).OrderBy(span => span.End).ToList();
            Assert.All(hers, span => Assert.Equal(plan.Player, span.End - span.Start));
            Assert.All(hers.Zip(hers.Skip(1)), pair => Assert.True(pair.Second.Start >= pair.First.End, $"{plan}: {pair}"));
        }
    }

    [Fact]
    public async Task Loops_AnyPlan_TakeAsLongAsTheLargestShare()
    {
        var random = new Random(6);
        foreach (var plan in Played.SomePlans(6, 30))
        {
            int masters = random.Next(1, 5);
            var run = await Played.OnAsync("loops", plan, masters);
            Assert.Equal((plan, masters, Formula.Loops(plan, masters)), (plan, masters, run.Duration));
            Assert.Equal(plan.Boards * plan.Pairs, run.Moves);
        }
    }

    [Fact]
    public async Task Threads_AnyPlan_TakeTheirRoundsOfGames()
    {
        var random = new Random(7);
        foreach (var plan in Played.SomePlans(7, 30))
        {
            int masters = random.Next(1, 10);
            var run = await Played.OnAsync("threads", plan, masters);
            Assert.Equal((plan, masters, Formula.Waiting(plan, masters), Formula.Waiting(plan, masters)), (plan, masters, run.Duration, run.LastReply));
            Assert.Equal(plan.Boards * plan.Pairs, run.Moves);
        }
    }

    [Theory]
    [InlineData(3, 2, 5, 55, 2, false)]
    [InlineData(5, 3, 1, 0, 2, true)]
    public async Task Processes_SomePlans_TakeTheirRoundsOfGames(int boards, int pairs, int player, int opponent, int masters, bool recorded)
    {
        var plan = new ExhibitionPlan(boards, pairs, TimeSpan.FromSeconds(player), TimeSpan.FromSeconds(opponent)) { KeepsSpans = recorded };
        var run = await Played.OnAsync("processes", plan, masters);
        Assert.Equal(Formula.Waiting(plan, masters), run.Duration);
        Assert.Equal(Formula.Waiting(plan, masters), run.LastReply);
        Assert.Equal(boards * pairs, run.Moves);
        Assert.All(run.Games, game => Assert.Equal(recorded ? 2 * pairs : null, game.Spans?.Count));
        if (recorded) Assert.Equal([1, 2], run.Games.SelectMany(game => game.Spans!).Select(span => span.Master).Distinct().Order());
    }

    [Fact]
    public async Task Workers_Recorded_AreTheMastersOfTheirGames()
    {
        var plan = new ExhibitionPlan(6, 2, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)) { KeepsSpans = true };
        var run = await Played.OnAsync("threads", plan, 3);
        Assert.All(run.Games, game => Assert.Single(game.Spans!.Select(span => span.Master).Distinct()));
        Assert.Equal([1, 2, 3], run.Games.SelectMany(game => game.Spans!).Select(span => span.Master).Distinct().Order());
    }
}
