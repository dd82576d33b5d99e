using Simul.Processes.Worker;

namespace Simul.Cli.Jobs.Host;

// The host's way to answer. When nobody reads any more the command line has died, and this process ends there and then:
// the message that an item begins comes before its method, so no further item begins.
internal static class HostReplies
{
    public static void Send(this JobPipe pipe, JobReply reply)
    {
        try
        {
            pipe.Write(reply, JobJson.Messages.JobReply);
        }
        catch (IOException)
        {
            ParentWatch.ExitNow();
        }
    }
}
