namespace Simul;

// Who waits for whom on a loop that can never go on: a sentence for each task, and the circles among them. On the loop.
internal static class StallReport
{
    public static LoopStalledException Of(string loop, LoopScope root)
    {
        List<LoopTask> tasks = [.. TaskTree.TasksIn(root).Where(static task => task.Status == LoopTaskStatus.Running)];
        string[] waits = [.. tasks.SelectMany(task => TaskTree.Waits(task).Select(waiter => Sentence(task, waiter)))];
        return new LoopStalledException(loop, TaskTree.Of(root), waits, [.. Cycles(tasks)]);
    }

    private static string Sentence(LoopTask task, Waiter waiter) => $"{task.Description} waits for {TaskTree.Describe(waiter)}";

    // Each circle once. Depth first, with a path of its own instead of the stack's; a task that was left behind is done.
    private static IEnumerable<string> Cycles(List<LoopTask> tasks)
    {
        HashSet<LoopTask> done = [];
        foreach (var start in tasks)
        {
            if (done.Contains(start)) continue;
            var path = new List<Step> { new(start) };
            var places = new Dictionary<LoopTask, int> { [start] = 0 };
            while (path.Count > 0)
            {
                var step = path[^1];
                if (!step.Next())
                {
                    done.Add(step.Task);
                    places.Remove(step.Task);
                    path.RemoveAt(path.Count - 1);
                }
                else if (places.TryGetValue(step.Target!, out int at))
                {
                    yield return string.Join("; ", path.Skip(at).Select(static link => Sentence(link.Task, link.Wait!)));
                }
                else if (!done.Contains(step.Target!))
                {
                    places.Add(step.Target!, path.Count);
                    path.Add(new Step(step.Target!));
                }
            }
        }
    }

    // The tasks whose doing a wait needs.
    private static IEnumerable<LoopTask> NeededBy(Waiter waiter) => waiter.Queue?.Subject switch
    {
        IWaitSubject subject => subject.Holders,
        LoopTask joined => [joined],
        GroupScope group => group.ChildTasks,
        _ => [],
    };

    private sealed class Step(LoopTask task)
    {
        private readonly IEnumerator<(Waiter Wait, LoopTask Target)> _edges =
            TaskTree.Waits(task).SelectMany(static wait => NeededBy(wait).Select(target => (wait, target))).GetEnumerator();

        public LoopTask Task => task;

        public Waiter? Wait { get; private set; }

        public LoopTask? Target { get; private set; }

        public bool Next()
        {
            if (!_edges.MoveNext()) return false;
            (Wait, Target) = _edges.Current;
            return true;
        }
    }
}
