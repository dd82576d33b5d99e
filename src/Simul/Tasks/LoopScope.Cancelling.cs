namespace Simul;

public partial class LoopScope
{
    internal void CancelOnLoop(string? reason)
    {
        if (IsCancellationRequested || IsClosed) return;
        _flags |= ScopeFlags.Requested;
        if (reason is not null) Extras.Reason = reason;
        _extras?.SetDeadline(null);
        MakeEffective();
    }

    internal void TimeOut()
    {
        if (IsCancellationRequested || IsClosed) return;
        _flags |= ScopeFlags.TimedOut;
        CancelOnLoop("its deadline passed");
    }

    // What a checkpoint raises here: it carries the token of the outermost cancelled scope, up to the nearest shield, and
    // names it.
    internal OperationCanceledException CancellationError()
    {
        LoopScope? outermost = null, ended = null;
        for (var scope = this; scope is not null; scope = scope.Parent)
        {
            if (scope.IsCancellationRequested) outermost = scope;
            if (scope.IsClosed) ended ??= scope;
            if (scope.IsCancelled) scope._extras?.CancelTokenNow();
            if (scope.Shield) break;
        }
        if (ended is not null)
            return new LeftBehindException($"{ended.Description} has ended, and this wait was left behind in it. Await what a method begins, or spawn it where it may live longer.", outermost?.Extras.Token(cancelled: true) ?? default);
        if (outermost is null) return new OperationCanceledException($"{Description} was cancelled.");
        string why = outermost.Reason is { } reason ? $": {reason}" : "";
        return new OperationCanceledException($"{outermost.Description} was cancelled{why}.", outermost.Extras.Token(cancelled: true));
    }

    // True when an OperationCanceledException that reaches this scope's edge ends here: the scope is cancelled itself, and no
    // scope around it, up to the shield, is.
    internal bool Absorbs => IsCancellationRequested && (Shield || Parent is not { IsCancelled: true });

    // Checkpoints in this scope and everything inside it, up to shields, raise from now on. Walks the tree by its links:
    // tasks may nest deeper than a stack.
    private void MakeEffective()
    {
        (Core.Watch as TaskWatch)?.Debug?.Cancelled(this);
        for (var scope = this; scope is not null;)
        {
            bool descend = scope == this ? !scope.IsCancelled : !scope.IsCancelled && !scope.Shield;
            if (descend)
            {
                scope._flags |= ScopeFlags.Effective;
                scope.OwnWaiter?.CancelOnLoop(Core);
                scope._extras?.CancelOnLoop();
                scope.BecameCancelled();
            }
            scope = scope.NextInTree(this, descend);
        }
    }

    // A shield was raised around what was cancelled from outside: the inside may go on.
    private void ClearInherited()
    {
        for (var scope = this; scope is not null;)
        {
            bool descend = scope.IsCancelled && !scope.IsCancellationRequested;
            if (descend) scope._flags &= ~ScopeFlags.Effective;
            scope = scope.NextInTree(this, descend);
        }
    }

    internal LoopScope? NextInTree(LoopScope root, bool descend)
    {
        if (descend && FirstChild is { } child) return child;
        var scope = this;
        while (scope != root)
        {
            if (scope.NextSibling is { } next) return next;
            scope = scope.Parent!;
        }
        return null;
    }

    private protected virtual void BecameCancelled()
    {
    }
}
