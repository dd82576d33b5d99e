namespace Simul.Cli;

// The game as a generator.
internal static class GeneratorGame
{
    public static Task PlayAsync(Board board, ExhibitionPlan plan, AsyncLock player) => Generator.RunAsync(Play(board, plan, player));

    private static IEnumerable<Suspend> Play(Board board, ExhibitionPlan plan, AsyncLock player)
    {
        while (!board.IsOver)
        {
            yield return Suspend.On(player.LockAsync(), out var hold);
            using (hold.Value)
            {
                board.SitDown();
                yield return Suspend.Delay(plan.Player);
                board.Move();
            }
            yield return Suspend.Delay(plan.Opponent);
            board.Reply();
        }
    }
}
