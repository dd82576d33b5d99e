namespace Simul.Tests.Stress;

// Takes something of which there are so many, holds it for a while, gives it back: in each of the four suspensions.
//
// Watches that no more are inside than may be, and that they enter in the order in which they came. Who was handed what he
// waits for has it before he runs, so whoever enters counts himself, those inside, and those in line before him that were
// not cancelled: more than there are places, and somebody was overtaken.
internal abstract class HoldAct<T>(Scenario scenario, int places) : Act(scenario)
{
    private readonly List<Ticket> _line = [];

    protected int Inside { get; private set; }

    protected abstract ValueTask<T> TakeAsync();

    protected abstract void GiveBack(T hold);

    public override Task RunAsync(int depth) => Roll(12) switch
    {
        < 6 => HoldAsync(),
        < 8 => Generator.RunAsync(Iterate()),
        < 11 => CallBackAsync(),
        _ => Once(2) ? Greenlet.RunAsync(Block) : HoldAsync(),
    };

    public override void CheckAtEnd() => Require(Inside == 0 && _line.Count == 0, $"{Name}: {Inside} are inside and {_line.Count} in line at the end");

    private async Task HoldAsync()
    {
        var ticket = Ask(out var wait);
        try
        {
            var hold = await wait;
            Enter(ticket);
            try
            {
                await EventLoop.Delay(Sec(Roll(3)));
            }
            finally
            {
                Leave(hold);
            }
        }
        finally
        {
            _line.Remove(ticket);
        }
    }

    private IEnumerable<Suspend> Iterate()
    {
        var ticket = Ask(out var wait);
        try
        {
            yield return Suspend.On(wait, out var hold);
            Scenario.Note($"{Name} in a generator");
            Enter(ticket);
            try
            {
                yield return Suspend.Yield;
                yield return Suspend.Delay(Sec(1));
            }
            finally
            {
                Leave(hold.Value);
            }
        }
        finally
        {
            _line.Remove(ticket);
        }
    }

    private void Block()
    {
        var ticket = Ask(out var wait);
        try
        {
            var hold = Greenlet.Await(wait);
            Scenario.Note($"{Name} in a greenlet");
            Enter(ticket);
            try
            {
                Greenlet.Yield();
                Greenlet.Delay(Sec(1));
            }
            finally
            {
                Leave(hold);
            }
        }
        finally
        {
            _line.Remove(ticket);
        }
    }

    private async Task CallBackAsync()
    {
        var loop = EventLoop.Current;
        var end = new Future<bool>();
        var ticket = Ask(out var wait);
        var awaiter = wait.GetAwaiter();
        if (awaiter.IsCompleted) Got();
        else awaiter.UnsafeOnCompleted(Got);
        // No callback is withdrawn when the task is cancelled.
        using (CancelScope.Enter(shield: true)) await end;

        void Got()
        {
            try
            {
                var hold = awaiter.GetResult();
                Scenario.Note($"{Name} by callback");
                Enter(ticket);
                loop.CallLater(Sec(Roll(3)), () =>
                {
                    Leave(hold);
                    end.SetResult(true);
                });
            }
            catch (OperationCanceledException)
            {
                end.SetResult(false);
            }
            finally
            {
                _line.Remove(ticket);
            }
        }
    }

    private Ticket Ask(out ValueTask<T> wait)
    {
        var ticket = new Ticket(LoopScope.Require());
        wait = TakeAsync();
        if (!wait.IsCompleted) _line.Add(ticket);
        return ticket;
    }

    private void Enter(Ticket ticket)
    {
        int place = _line.IndexOf(ticket);
        int before = _line.Take(place < 0 ? _line.Count : place).Count(other => !other.Scope.IsCancelled);
        if (place >= 0) _line.RemoveAt(place);
        Scenario.Note($"{Name} taken");
        Require(++Inside <= places, $"{Name}: {Inside} are inside where {places} may be");
        Require(Inside + before <= places, $"{Name}: one that came later was served before {before} that wait");
    }

    private void Leave(T hold)
    {
        Inside--;
        GiveBack(hold);
    }

    private sealed record Ticket(LoopScope Scope)
    {
        public bool Equals(Ticket? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => Scope.GetHashCode();
    }
}
