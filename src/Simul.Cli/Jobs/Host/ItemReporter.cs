using System.Globalization;

namespace Simul.Cli.Jobs.Host;

// Tells the command line which item a worker takes up, before the item's method begins.
internal sealed class ItemReporter(JobPipe pipe) : WorkObserver
{
    public override void Started(in WorkEvent work)
    {
        if (int.TryParse(work.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int index))
            pipe.Write(new ItemStarted(index, work.Worker, work.Time.TotalSeconds), JobJson.Messages.JobReply);
    }
}
