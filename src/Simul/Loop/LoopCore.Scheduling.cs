namespace Simul;

// Orders other than first in, first out.
internal sealed partial class LoopCore
{
    private readonly List<(object State, SynchronizationContext? Context)> _arranged = [];
    private SchedulingPolicy? _policy; // null: first in, first out, without asking

    // The policy's order for this turn: the entries are taken out and put back in the order chosen. The last one takes the
    // place of the chosen one, so that a turn of a million stays linear. A policy that fails is reported once and asked no
    // more: no entry is lost by it.
    private void Arrange(int turn)
    {
        var left = _arranged;
        Ready.MoveTo(left, turn);
        Exception? failure = null;
        while (left.Count > 0)
        {
            int chosen = failure is null ? Ask(left.Count, out failure) : 0;
            var entry = left[chosen];
            left[chosen] = left[^1];
            left.RemoveAt(left.Count - 1);
            Ready.PushEntry(entry.State, entry.Context);
        }
        if (failure is null) return;
        _policy = null;
        System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }

    private int Ask(int remaining, out Exception? failure)
    {
        failure = null;
        try
        {
            int chosen = _policy!.Next(remaining);
            if ((uint)chosen < (uint)remaining) return chosen;
            failure = new InvalidOperationException($"The scheduling policy '{_policy}' chose place {chosen}, which is none of the turn's. It must choose one from 0 to remaining - 1.");
        }
        catch (Exception error)
        {
            failure = error;
        }
        return 0;
    }
}
