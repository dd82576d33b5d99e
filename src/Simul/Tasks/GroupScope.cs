namespace Simul;

// The scope that owns a group's children: each child task is a child of it in the tree.
internal sealed class GroupScope : LoopScope
{
    private readonly bool _supervisor;
    private readonly Action<LoopTask>? _ended;
    private WaiterQueue? _emptied;
    private ErrorList? _errors;
    private HashSet<LoopTask>? _background; // enumerates in a fixed order
    private bool _draining; // only the background is left, and it was told to end

    public GroupScope(LoopCore core, LoopScope? parent, string name, bool supervisor = false, Action<LoopTask>? ended = null)
        : base(core, parent)
    {
        Name = name;
        _supervisor = supervisor;
        _ended = ended;
        Begin();
    }

    public string Name { get; }

    public int CurrentChildren { get; private set; }

    public IReadOnlyList<Exception> Errors => _errors?.Errors ?? [];

    // Whether the group's cancellation ended a child.
    public bool EndedAnyChild { get; private set; }

    // Takes no more children.
    public bool HasEnded { get; private set; }

    internal override string Description => $"Task group '{Name}'";

    public IEnumerable<LoopTask> ChildTasks
    {
        get
        {
            for (var child = FirstChild; child is not null; child = child.NextSibling)
            {
                if (child is LoopTask task) yield return task;
            }
        }
    }

    public void Start(LoopTask child)
    {
        CurrentChildren++;
        Core.Ready.PushStart(child);
    }

    public void StartBackground(LoopTask child)
    {
        (_background ??= []).Add(child);
        Start(child);
        if (_draining) child.CancelOnLoop(OnlyBackgroundLeft);
    }

    // Runs the child's first step here and now, as the child.
    public void StartNow(LoopTask child)
    {
        CurrentChildren++;
        var before = Current;
        var context = ExecutionContext.Capture();
        SetSynchronizationContext(child);
        try
        {
            child.StartOnLoop();
        }
        finally
        {
            SetSynchronizationContext(before);
            if (context is not null && ExecutionContext.Capture() != context) ExecutionContext.Restore(context);
        }
    }

    public void AddError(Exception error) => (_errors ??= new()).Add(error);

    // Children that keep the group open.
    public int ForegroundChildren => CurrentChildren - (_background?.Count ?? 0);

    // The background has nobody left to serve.
    public void Drain()
    {
        _draining = true;
        if (_background is null) return;
        foreach (var child in _background) child.CancelOnLoop(OnlyBackgroundLeft);
    }

    // All children have ended; what follows, disposing, is no time to begin anything.
    public void End() => HasEnded = true;

    // Ends when the last child has, or the last that keeps the group open. It must end, so no cancellation interrupts it.
    public ValueTask WhenEmptyAsync(LoopScope waitingIn)
    {
        if (IsEmptyEnough) return default;
        var waiter = waitingIn.RentWaiter();
        waiter.Arm(waitingIn, cancellable: false);
        (_emptied ??= new WaiterQueue(this)).Add(waiter);
        return waiter.AsValueTask();
    }

    // A group inside this one, begun in its body or left behind by a task, counts as a child; tasks are counted when they start.
    private protected override void ChildAdopted(LoopScope child)
    {
        if (child is GroupScope) CurrentChildren++;
    }

    private protected override void ChildClosed(LoopScope child)
    {
        if (child is not LoopTask task)
        {
            if (child is GroupScope) ChildGone();
            return;
        }
        _background?.Remove(task);
        if (_ended is not null)
        {
            _ended(task); // the loop's root hands errors on at once; keeping them would grow for as long as it runs
        }
        else if (task.Error is { } error && task is not IStartingTask { IsStarting: true })
        {
            AddError(error);
            if (!_supervisor) CancelOnLoop($"{task.Description} failed with {error.GetType().Name}");
        }
        else if (task.Status == LoopTaskStatus.Cancelled && IsCancelled)
        {
            EndedAnyChild = true;
        }
        ChildGone();
    }

    private const string OnlyBackgroundLeft = "only background tasks are left in the group";

    private bool IsEmptyEnough => (_draining ? CurrentChildren : ForegroundChildren) == 0;

    private void ChildGone()
    {
        CurrentChildren--;
        if (_emptied is not null && IsEmptyEnough) _emptied.TakeFirst()?.Grant();
    }
}
