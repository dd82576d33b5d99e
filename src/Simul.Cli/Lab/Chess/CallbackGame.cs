namespace Simul.Cli;

// The game as callbacks: each step says what comes next, and returns.
internal sealed class CallbackGame
{
    private readonly Board _board;
    private readonly ExhibitionPlan _plan;
    private readonly AsyncLock _player;
    private readonly EventLoop _loop = EventLoop.Current;
    private readonly Future<bool> _over = new();

    private CallbackGame(Board board, ExhibitionPlan plan, AsyncLock player)
    {
        _board = board;
        _plan = plan;
        _player = player;
    }

    public static async Task PlayAsync(Board board, ExhibitionPlan plan, AsyncLock player)
    {
        var game = new CallbackGame(board, plan, player);
        game.AskForHer();
        await game._over;
    }

    private void AskForHer()
    {
        var asked = _player.LockAsync().GetAwaiter();
        if (asked.IsCompleted) SitDown(asked.GetResult());
        else asked.UnsafeOnCompleted(() => Step(() => SitDown(asked.GetResult())));
    }

    private void SitDown(AsyncLockHold hold)
    {
        _board.SitDown();
        _loop.CallLater(_plan.Player, () => Step(() => Move(hold)));
    }

    private void Move(AsyncLockHold hold)
    {
        _board.Move();
        hold.Dispose();
        _loop.CallLater(_plan.Opponent, () => Step(Reply));
    }

    private void Reply()
    {
        _board.Reply();
        if (_board.IsOver) _over.SetResult(true);
        else AskForHer();
    }

    // Callbacks have no caller who could hear of an error: it goes where the game's end is awaited.
    private void Step(Action step)
    {
        try
        {
            step();
        }
        catch (Exception error)
        {
            _over.TrySetException(error);
        }
    }
}
