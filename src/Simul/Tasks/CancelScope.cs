namespace Simul;

/// <summary>A region of loop code with a switch and a deadline: once it is cancelled, every checkpoint inside raises
/// <see cref="OperationCanceledException"/> until the region is left.</summary>
/// <remarks>
/// <para>Cancellation: see <see cref="LoopScope"/>.</para>
/// <para>Scopes nest with the logical call, also under <c>Task.WhenAll(A(), B())</c>. Enter and leave one in one method body,
/// with no <c>yield return</c> between.</para>
/// <para>Thread safety: entering belongs to the loop; <see cref="Dispose"/> may be called from any thread, from another one it
/// is posted.</para>
/// </remarks>
/// <example>
/// <code>
/// using (var scope = CancelScope.Enter(TimeSpan.FromSeconds(2)))
/// {
///     try { await ReadReplyAsync(); }
///     catch (OperationCanceledException) when (scope.IsTimedOut) { Console.WriteLine("no reply"); }
/// }
/// </code>
/// </example>
public sealed partial class CancelScope : LoopScope, IDisposable
{
    private CancelScope(LoopScope parent)
        : base(parent.Core, parent)
    {
    }

    internal override string Description =>
        $"The cancel scope in {Owner?.Description ?? Core.Name} ({(IsCancelled ? "cancelled" : Deadline is { } at ? $"deadline {at}" : "open")})";

    /// <summary>Enters a new scope inside the current one; disposing it leaves.</summary>
    /// <param name="timeout">Cancels the scope after this time; null or infinite for never, zero or less at once: the first
    /// checkpoint inside then raises.</param>
    /// <param name="shield">Whether cancellations from outside stop at its edge.</param>
    /// <param name="cancellationToken">Cancels the scope from outside; already cancelled, the first checkpoint raises. A scope that
    /// must be cancellable before it is entered is entered with a token.</param>
    /// <returns>The scope.</returns>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The timeout ends after the end of time.</exception>
    public static CancelScope Enter(TimeSpan? timeout = null, bool shield = false, CancellationToken cancellationToken = default)
    {
        var parent = Require();
        if (timeout == Timeout.InfiniteTimeSpan) timeout = null;
        long? deadline = timeout > TimeSpan.Zero ? parent.Core.DeadlineIn(timeout.Value) : null; // may throw: before the scope is there
        var scope = new CancelScope(parent);
        scope.Begin(shield);
        if (deadline is not null) scope.Extras.SetDeadline(deadline);
        else if (timeout is not null) scope.TimeOut();
        if (cancellationToken.CanBeCanceled) scope.Follow(cancellationToken);
        scope.BecomeCurrent();
        return scope;
    }

    private void Follow(CancellationToken token) =>
        Extras.Registration = token.UnsafeRegister(static x => ((CancelScope)x!).Cancel("its token was cancelled"), this);

    /// <summary>Leaves the scope. What was cancelled inside no longer is.</summary>
    /// <exception cref="InvalidOperationException">Another scope is current, or a wait that began inside is still pending.</exception>
    public void Dispose()
    {
        if (IsClosed) return;
        if (!Core.IsCurrent)
        {
            Core.Inject(new Action<object?>(static x => ((CancelScope)x!).Close()), this, Live);
            return;
        }
        var current = Current;
        // A stretch without a context (ConfigureAwait(false)) may leave the scope too; there is nothing to restore then.
        if (current is not null && current != this)
            throw new InvalidOperationException($"{Description} was left while another is current: {(current as LoopScope)?.Description ?? current.ToString()}. Leave scopes in the reverse order of entering, in the method that entered them.");
        if (FirstPendingWaiter() is not null)
            throw new InvalidOperationException($"{Description} was left while a wait that began inside it is pending. Await it before the scope's end, or begin it outside.");
        Close();
        if (current is not null) Parent!.Live.BecomeCurrent();
    }
}
