namespace Simul.Tests.Stress;

// Some tasks that use one primitive over and over, each step under a time limit that may be none or none left, while a tenth
// cancels them at random. The derived play knows what must hold.
internal abstract class PrimitivePlay(SchedulingPolicy dice)
{
    private const int Tasks = 6;

    public int Granted { get; private protected set; }

    public int Cancelled { get; private set; }

    public async Task RunAsync()
    {
        await TaskGroup.RunAsync(async group =>
        {
            var players = new LoopTask[Tasks];
            for (int i = 0; i < Tasks; i++)
            {
                int n = i;
                players[i] = group.Spawn(() => PlayAsync(n));
            }
            var helper = group.Spawn(HelpAsync);
            for (int i = 0; i < 12; i++)
            {
                await PauseAsync();
                if (Roll(4) == 0) players[Roll(Tasks)].Cancel("by the dice");
                Disturb();
            }
            foreach (var player in players) await player.WaitAsync();
            helper.Cancel();
        });
        CheckEnd();
    }

    // One use, by the n-th task; counts what it was granted.
    private protected abstract Task UseAsync(int n);

    // Nobody is left: everything must be as it was.
    private protected abstract void CheckEnd();

    // What the ones outside do, until it is cancelled: set an event, notify.
    private protected virtual Task HelpAsync() => Task.CompletedTask;

    // What comes from the side, not from a waiter: move a bound, reset a barrier.
    private protected virtual void Disturb()
    {
    }

    private protected int Roll(int sides) => dice.Next(sides);

    // No turn, a turn, a moment.
    private protected async ValueTask PauseAsync()
    {
        switch (Roll(4))
        {
            case 0: break;
            case 1: await EventLoop.Delay(Sec(Roll(3))); break;
            default: await EventLoop.Yield(); break;
        }
    }

    private protected static void Require(bool condition, string broken)
    {
        if (!condition) throw new SimulInternalException(broken);
    }

    private async Task PlayAsync(int n)
    {
        for (int step = 0; step < 6; step++)
        {
            await PauseAsync();
            try
            {
                bool late = await CancelScope.RunAsync(async scope =>
                {
                    // Now and then it is cancelled by whoever is next in the very turn in which it may be granted.
                    if (Roll(3) == 0) EventLoop.Current.CallSoon(() => scope.Cancel());
                    await UseAsync(n);
                }, timeout: Roll(2) == 0 ? null : Sec(Roll(4)));
                if (late) Cancelled++;
            }
            catch (OperationCanceledException)
            {
                Cancelled++;
                throw;
            }
        }
    }
}
