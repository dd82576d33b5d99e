namespace Simul.Cli.Tests;

public sealed class ExhibitionPlanTests
{
    [Theory]
    [InlineData(24, 30, 5, 55, false, null)]
    [InlineData(1, 1, 0, 1, false, null)]
    [InlineData(1, 1, 0, 0, false, "nobody would need any time")]
    [InlineData(1_000_000, 100_000, 1, 1, false, "100,000,000,000 moves")]
    [InlineData(10_000, 30, 5, 55, true, null)]
    [InlineData(100_000, 30, 5, 55, true, "--report draws at most 1,000,000 moves")]
    [InlineData(2, 100_000, 315_000_000, 0, false, "years; keep it under 1,000")]
    public void Refusal_OfAPlan_NamesWhatIsTooMuch(int boards, int pairs, int player, int opponent, bool recorded, string? part)
    {
        var plan = new ExhibitionPlan(boards, pairs, TimeSpan.FromSeconds(player), TimeSpan.FromSeconds(opponent)) { KeepsSpans = recorded };
        if (part is null) Assert.Null(plan.Refusal);
        else Assert.Contains(part, plan.Refusal);
    }

    [Fact]
    public async Task Longest_PlanAllowed_IsPlayed()
    {
        // Just short of a thousand years, on the clock's own scale.
        var plan = new ExhibitionPlan(2, 50, TimeSpan.FromDays(3652), TimeSpan.Zero);
        Assert.Null(plan.Refusal);
        foreach (string engine in new[] { "sync", "loop", "threads" })
        {
            var run = await Played.OnAsync(engine, plan, 1);
            Assert.Equal(TimeSpan.FromDays(365_200), run.Duration);
        }
    }
}
