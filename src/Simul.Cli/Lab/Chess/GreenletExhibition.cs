using System.Globalization;

namespace Simul.Cli;

// The games as greenlets: blocking-looking code, each on a stack of its own.
internal sealed class GreenletExhibition() : LoopExhibition("greenlets", "table to table, with greenlets", PlayAsync)
{
    // Every greenlet's stack is a thread's, and the kernel gives a process some 30,000 of those.
    private const int MostStacks = 10_000;

    public override string? Refuses(ExhibitionPlan plan) => plan.Boards > MostStacks
        ? string.Create(CultureInfo.InvariantCulture, $"greenlets play at most {MostStacks:N0} boards, because each has a stack of its own; use loop, generators or callbacks for {plan.Boards:N0}.")
        : null;

    private static Task PlayAsync(Board board, ExhibitionPlan plan, AsyncLock player) => Greenlet.RunAsync(() =>
    {
        while (!board.IsOver)
        {
            using (Greenlet.Await(player.LockAsync()))
            {
                board.SitDown();
                Greenlet.Delay(plan.Player);
                board.Move();
            }
            Greenlet.Delay(plan.Opponent);
            board.Reply();
        }
    });
}
