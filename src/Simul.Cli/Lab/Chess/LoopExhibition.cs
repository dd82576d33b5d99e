namespace Simul.Cli;

// Table to table on one event loop; the games are written in one of the four ways to suspend. She is one resource: whoever
// wants her to move holds the lock meanwhile.
internal class LoopExhibition(string engine, string meaning, Func<Board, ExhibitionPlan, AsyncLock, Task> play) : Exhibition(engine, meaning)
{
    // What its loops are told, beside the clock.
    public EventLoopOptions Options { get; init; } = new();

    public override Task<IReadOnlyList<GameRecord>> PlayAsync(ExhibitionPlan plan, int workers, TimeProvider clock, CancellationToken cancellation)
    {
        long start = clock.GetTimestamp();
        var boards = Enumerable.Range(1, plan.Boards).Select(number => new Board(number, plan, clock, start)).ToList();
        Play(boards, plan, clock, cancellation);
        return Task.FromResult<IReadOnlyList<GameRecord>>([.. boards.Select(board => board.Record)]);
    }

    // One player, her boards, one loop on the calling thread.
    public void Play(IReadOnlyList<Board> boards, ExhibitionPlan plan, TimeProvider clock, CancellationToken cancellation) =>
        EventLoop.Run(() => PlayAsync(boards, plan), Options with { Clock = clock }, cancellation);

    // One player, her boards, on the loop that runs this.
    public Task PlayAsync(IReadOnlyList<Board> boards, ExhibitionPlan plan) => TaskGroup.RunAsync(group =>
    {
        var player = new AsyncLock("the player");
        foreach (var board in boards) group.Spawn(() => play(board, plan, player));
        return Task.CompletedTask;
    });
}
