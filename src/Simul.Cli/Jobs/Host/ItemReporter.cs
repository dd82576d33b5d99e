using System.Globalization;

namespace Simul.Cli.Jobs.Host;

// Tells the command line which item a worker takes up, before the item's method begins. The engines report items by name.
internal sealed class ItemReporter(JobPipe pipe) : WorkObserver
{
    private const string Prefix = "item ";

    // From a worker's name to its process; null when nobody asked for it.
    public Func<string, int?>? ProcessOf { get; set; }

    public static string NameOf(int index) => Prefix + index.ToString(CultureInfo.InvariantCulture);

    public override void Started(in WorkEvent work)
    {
        if (work.Name.StartsWith(Prefix, StringComparison.Ordinal) && int.TryParse(work.Name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int index))
            pipe.Send(new ItemStarted(index, work.Worker, work.Time.TotalSeconds, ProcessOf?.Invoke(work.Worker)));
    }
}
