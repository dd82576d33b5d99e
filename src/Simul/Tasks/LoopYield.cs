using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Simul;

/// <summary>What <see cref="EventLoop.Yield"/> returns: awaiting it gives up the turn.</summary>
/// <remarks>
/// <para>Cancellation: a checkpoint; it raises when the scope was cancelled before the turn was given up or meanwhile.</para>
/// <para>Ordering: goes on in the next turn, behind everything that is ready now, in the scope in which it was awaited.</para>
/// <para>Thread safety: nothing happens before the await, which belongs to the loop.</para>
/// </remarks>
public readonly struct LoopYield
{
    /// <summary>For <c>await</c>.</summary>
    /// <returns>An awaiter.</returns>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Awaiter GetAwaiter() => new(LoopScope.Require());

    /// <summary>The same wait as a <see cref="ValueTask"/>, for whoever takes only those; it begins here.</summary>
    /// <returns>Ends in the next turn.</returns>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    public ValueTask AsValueTask() => LoopScope.Require().Yield();

    /// <summary>The same wait as a <see cref="Task"/>; it begins here.</summary>
    /// <returns>Ends in the next turn.</returns>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    public Task AsTask() => AsValueTask().AsTask();

    /// <summary>The same wait, which goes on without a context when told so, as library code asks for it.</summary>
    /// <param name="continueOnCapturedContext">False to go on without one; on the loop all the same.</param>
    /// <returns>To be awaited.</returns>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    public ConfiguredValueTaskAwaitable ConfigureAwait(bool continueOnCapturedContext) => AsValueTask().ConfigureAwait(continueOnCapturedContext);

    /// <summary>The wait as a <see cref="ValueTask"/>.</summary>
    /// <param name="yield">The yield.</param>
    public static implicit operator ValueTask(LoopYield yield) => yield.AsValueTask();

    // A custom awaiter, against the rule that the loop hands out value tasks: C# gives it the method's own resume delegate,
    // which goes into the ready queue as it is and is called as it is, without interface calls on the way. 10 ns less a
    // switch, of 35 (bench yield). The price: 64 bytes in each async method that yields, once in its life.
    /// <summary>Gives up the turn, for the compiler's use.</summary>
    [DebuggerDisplay("{_scope}")]
    public readonly struct Awaiter : ICriticalNotifyCompletion
    {
        // Carried along, since asking for it again in UnsafeOnCompleted would be two thread statics more.
        private readonly LoopScope _scope;

        internal Awaiter(LoopScope scope) => _scope = scope;

        /// <summary>False, unless the scope is cancelled: the turn is always given up.</summary>
        public bool IsCompleted
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => _scope.IsCancelled;
        }

        /// <summary>Ends the wait.</summary>
        /// <exception cref="OperationCanceledException">The scope was cancelled.</exception>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void GetResult()
        {
            if (_scope.IsCancelled) ThrowCancelled();
        }

        /// <inheritdoc/>
        public void OnCompleted(Action continuation)
        {
            ArgumentNullException.ThrowIfNull(continuation);
            _scope.Core.PushCallback(continuation, _scope.Live, ExecutionContext.Capture());
        }

        /// <inheritdoc/>
        public void UnsafeOnCompleted(Action continuation) => _scope.Core.Ready.PushEntry(continuation, _scope.Live);

        private void ThrowCancelled() => throw _scope.CancellationError();
    }
}
