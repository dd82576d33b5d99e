namespace Simul;

// Who holds something, in words; for the task tree and the report of a stall.
internal static class HolderText
{
    private const int Most = 5;

    public static string NameOf(object? holder) => holder switch
    {
        LoopScope { Owner: { } task } => task.Description,
        LoopScope or null => "a callback",
        _ => holder.ToString() ?? holder.GetType().Name,
    };

    // A hold may be handed to another task, so that its taker has ended is no error; but where somebody waits for ever, it is
    // the first thing to know.
    public static string Of(object? holder) => NameOf(holder) + ((holder as LoopScope)?.Owner is { IsCompleted: true } ? " (ended without releasing it)" : "");

    public static string Of(IEnumerable<object> holders, int count)
    {
        string names = string.Join(", ", holders.Take(Most).Select(Of));
        return count > Most ? $"{names} and {count - Most} more" : names;
    }

    public static IEnumerable<LoopTask> TasksOf(IEnumerable<object> holders) =>
        holders.Select(static holder => (holder as LoopScope)?.Owner).OfType<LoopTask>().Distinct();
}
