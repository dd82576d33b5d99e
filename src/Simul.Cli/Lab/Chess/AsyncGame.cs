namespace Simul.Cli;

// The game as an async method.
internal static class AsyncGame
{
    public static async Task PlayAsync(Board board, ExhibitionPlan plan, AsyncLock player)
    {
        while (!board.IsOver)
        {
            using (await player.LockAsync())
            {
                board.SitDown();
                await EventLoop.Delay(plan.Player);
                board.Move();
            }
            await EventLoop.Delay(plan.Opponent);
            board.Reply();
        }
    }
}
