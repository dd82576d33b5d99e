using System.Globalization;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using Simul.Processes.Worker;

namespace Simul.Cli.Jobs.Host;

// A job host: the process into which the command line has a user's code loaded, whatever the engine. Loop and threads run
// here; the process engine's workers are this process's children, and see it die as every worker sees its pool die.
//
// How it ends: told to (Close), or at the end of the request stream, which means that the command line has died, also by
// kill -9. Its main thread does nothing but read that stream, so no user code can keep it from noticing; and like every
// worker it watches its parent besides.
internal static class JobHost
{
    // Called by the worker host's bootstrap. Arguments: the two ends of the channel, as inherited handles, and the process
    // that started this one.
    public static int Run(string[] arguments)
    {
        if (arguments is not [var requests, var replies, var parent]) return 2;
        ParentWatch.Start(int.Parse(parent, CultureInfo.InvariantCulture));
        Environment.SetEnvironmentVariable("DOTNET_EnableDiagnostics", null); // it was meant for this process
        // Ctrl+C reaches every process of the terminal; the command line decides what it means.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static signal => signal.Cancel = true);
        using var pipe = new JobPipe(Open(PipeDirection.In, requests), Open(PipeDirection.Out, replies));
        if (pipe.Read(JobJson.Messages.JobRequest) is not OpenJob open) return 2;
        JobSession session;
        try
        {
            session = JobSession.Open(open, pipe);
        }
        catch (JobRefusedException refused)
        {
            pipe.Send(new JobRefused(refused.Message));
            return 2;
        }
        return Serve(session, pipe);
    }

    private static int Serve(JobSession session, JobPipe pipe)
    {
        while (true)
        {
            switch (pipe.Read(JobJson.Messages.JobRequest))
            {
                case RunItem item:
                    session.Begin(item);
                    break;
                case EndOfItems:
                    session.NoMoreItems();
                    break;
                case GiveUp:
                    session.GiveUp();
                    break;
                case CloseJob:
                    session.CloseAsync().AsTask().Wait(TimeSpan.FromSeconds(5));
                    // Not a return: user code may have left foreground threads, and one that never ends must not keep us.
                    Environment.Exit(0);
                    break;
                case null:
                    // No farewell to user code either: exit handlers could wait for ever on a reader that is gone.
                    ParentWatch.ExitNow();
                    break;
            }
        }
    }

    // The handles came without the close-on-exec flag, or we would not have them. They must not travel on: a grandchild
    // that held the reply end open would keep the command line from seeing this process die.
    private static AnonymousPipeClientStream Open(PipeDirection direction, string handle)
    {
        if (!OperatingSystem.IsWindows()) Libc.CloseOnExec(int.Parse(handle, CultureInfo.InvariantCulture));
        return new AnonymousPipeClientStream(direction, handle);
    }
}
