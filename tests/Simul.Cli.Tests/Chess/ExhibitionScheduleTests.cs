namespace Simul.Cli.Tests;

// The exhibition in other orders, other sizes and in real time.
public sealed class ExhibitionScheduleTests
{
    private const int Seeds = 1000;
    private static readonly TimeSpan s_generous = TimeSpan.FromSeconds(30);

    // She is never free while a board waits: what order the boards come in changes who leaves when, not when all is over.
    [Theory]
    [InlineData(4, 3, 5, 8)]
    [InlineData(3, 2, 5, 55)]
    [InlineData(4, 2, 5, 15)]
    public async Task Loop_AnySchedule_TakesTheSameTime(int boards, int pairs, int player, int opponent)
    {
        var plan = new ExhibitionPlan(boards, pairs, TimeSpan.FromSeconds(player), TimeSpan.FromSeconds(opponent));
        var orders = new HashSet<string>();
        for (ulong seed = 0; seed < Seeds; seed++)
        {
            var run = await Played.OnAsync(Shuffled(seed), plan);
            Assert.Equal((seed, Formula.TableToTable(plan)), (seed, run.Duration));
            Assert.Equal(boards * pairs, run.Moves);
            orders.Add(string.Join(' ', run.Games.OrderBy(game => game.LastMove).Select(game => game.Board)));
        }
        Assert.True(orders.Count > 1, "No seed changed the order of the boards: the schedules were not random.");
    }

    [Fact]
    public async Task Loop_SameSeed_GivesTheSameGames()
    {
        var first = await Played.OnAsync(Shuffled(42), Played.Standard);
        var second = await Played.OnAsync(Shuffled(42), Played.Standard);
        Assert.Equal(first.Games, second.Games);
    }

    // A policy has a state: each run gets one of its own.
    private static LoopExhibition Shuffled(ulong seed) =>
        new("loop", "", AsyncGame.PlayAsync) { Options = new EventLoopOptions { Scheduling = SchedulingPolicy.SeededRandom(seed) } };

    [Fact]
    public async Task Loop_TenThousandBoards_CostTwiceWhatFiveThousandDo()
    {
        await TimeAsync(1_000);
        // The best of three: this is about growth, not about what else the machine does.
        var half = await TimeAsync(5_000);
        var whole = await TimeAsync(10_000);
        Assert.True(whole < 5 * half, $"5,000 boards took {half}, 10,000 took {whole}: that is not linear.");
        Assert.True(whole < s_generous, $"10,000 boards took {whole}.");

        static async Task<TimeSpan> TimeAsync(int boards)
        {
            var plan = Played.Standard with { Boards = boards };
            var best = TimeSpan.MaxValue;
            for (int i = 0; i < 3; i++)
            {
                var run = await Played.OnAsync("loop", plan);
                Assert.Equal(Formula.TableToTable(plan), run.Duration);
                Assert.Equal(30 * boards, run.Moves);
                if (run.Wall < best) best = run.Wall;
            }
            return best;
        }
    }

    [Theory]
    [InlineData("sync")]
    [InlineData("loop")]
    [InlineData("callbacks")]
    [InlineData("generators")]
    [InlineData("greenlets")]
    [InlineData("loops")]
    [InlineData("threads")]
    public async Task RealTime_SpedUp_TakesTheFormulaAndALittleMore(string engine)
    {
        const double Speed = 20_000;
        var plan = new ExhibitionPlan(3, 3, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(55));
        var run = await Played.OnAsync(engine, plan, clock: new ScaledTimeProvider(Speed));
        var formula = engine switch
        {
            "sync" => Formula.OneByOne(plan),
            "threads" => Formula.Waiting(plan, 3),
            "loops" => Formula.Loops(plan, run.Workers),
            _ => Formula.TableToTable(plan),
        };
        Assert.InRange(run.Duration, formula, formula + s_generous * Speed);
        Assert.InRange(run.Wall, formula / Speed, s_generous);
        Assert.Equal(9, run.Moves);
    }

    [Fact]
    public async Task Cancelled_InRealTime_EveryEngineEnds()
    {
        foreach (var exhibition in Exhibition.All.Where(exhibition => exhibition.Engine != "processes"))
        {
            using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
            var playing = ExhibitionRun.PlayAsync(exhibition, Played.Standard, 2, () => new ScaledTimeProvider(1), source.Token);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => playing.WaitAsync(s_generous));
        }
    }
}
