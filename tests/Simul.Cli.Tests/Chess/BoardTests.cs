namespace Simul.Cli.Tests;

// The rules of the board: what an engine that mixes up its waits would break.
public sealed class BoardTests
{
    private static readonly ExhibitionPlan s_plan = new(1, 2, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(55));

    [Theory]
    [InlineData("move")]
    [InlineData("reply")]
    [InlineData("sit sit")]
    [InlineData("sit reply")]
    [InlineData("sit move sit")]
    [InlineData("sit move move")]
    [InlineData("sit move reply reply")]
    [InlineData("sit move reply move")]
    [InlineData("sit move reply sit move reply sit")]
    public void Board_OutOfTurn_Refuses(string calls)
    {
        var board = NewBoard();
        string[] steps = calls.Split(' ');
        foreach (string step in steps[..^1]) Make(board, step);
        var error = Assert.Throws<SimulInternalException>(() => Make(board, steps[^1]));
        Assert.Contains("board 7", error.Message);
    }

    [Fact]
    public void Board_InTurn_KeepsTheTimesOfTheClock()
    {
        var clock = new VirtualTimeProvider();
        using var time = clock.Join("test");
        time.Sleep(TimeSpan.FromHours(1)); // before the exhibition
        var board = new Board(7, s_plan with { KeepsSpans = true }, clock, clock.GetTimestamp()) { Master = 3 };
        for (int pair = 0; pair < 2; pair++)
        {
            Assert.False(board.IsOver);
            board.SitDown();
            time.Sleep(TimeSpan.FromSeconds(5));
            board.Move();
            time.Sleep(TimeSpan.FromSeconds(55));
            board.Reply();
        }
        Assert.True(board.IsOver);
        var record = board.Record;
        Assert.Equal((7, 2, TimeSpan.FromSeconds(65), TimeSpan.FromSeconds(120)), (record.Board, record.Moves, record.LastMove, record.LastReply));
        Assert.Equal(
            [
                new BoardSpan(true, 3, TimeSpan.Zero, TimeSpan.FromSeconds(5)),
                new BoardSpan(false, 3, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60)),
                new BoardSpan(true, 3, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(65)),
                new BoardSpan(false, 3, TimeSpan.FromSeconds(65), TimeSpan.FromSeconds(120)),
            ],
            record.Spans!);
        Assert.Equal(record with { Spans = null }, GameRecord.Of(7, record.Spans!) with { Spans = null });
    }

    private static Board NewBoard() => new(7, s_plan, new VirtualTimeProvider(), 0);

    private static void Make(Board board, string step)
    {
        switch (step)
        {
            case "sit": board.SitDown(); break;
            case "move": board.Move(); break;
            case "reply": board.Reply(); break;
        }
    }
}
