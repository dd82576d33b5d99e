using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Simul.Processes.Interop.Linux;
using Simul.Processes.Transport;

namespace Simul.Processes.Worker;

// Where a worker process begins: called by the worker host, by name.
// Arguments: "ring" or "fd" and a descriptor, or "path" and a socket's path; the parent's process id; with rings, if there is
// one, the descriptor of the arena for large arguments.
internal static class WorkerEntry
{
    private static PosixSignalRegistration? s_interrupt; // kept: it ends with its object

    internal static int Run(string[] arguments)
    {
        int parent = Number(arguments[2]);
        ParentWatch.Start(parent);
        ForgetOurSettings();
        Channel channel = arguments[0] switch
        {
            "path" => Connected(arguments[1]),
            var kind => Inherited(Number(arguments[1]), ring: kind == "ring"),
        };
        return new WorkerSession(channel, arguments.Length > 3 ? Arguments(Number(arguments[3])) : null).Run();
    }

    // Without a culture: the first one loads the system's library for all of them, which many workers never need.
    private static int Number(string digits)
    {
        int number = 0;
        foreach (char digit in digits) number = checked(number * 10 + (digit - '0'));
        return number;
    }

    // Read only: what a method's native code writes where it should not stays its own affair.
    private static Arena? Arguments(int descriptor)
    {
        if (!OperatingSystem.IsLinux()) return null;
        var region = SharedRegion.Map(descriptor, SharedRegion.SizeOf(descriptor), readOnly: true);
        Libc.Close(descriptor);
        return new Arena(region, 0);
    }

    // Settings made for this process must not reach what its methods start.
    private static void ForgetOurSettings()
    {
        foreach (string name in (string[])["DOTNET_gcServer", "DOTNET_gcConcurrent", "DOTNET_EnableDiagnostics", Launch.Surroundings.HeapLimitVariable])
            Environment.SetEnvironmentVariable(name, null);
    }

    private static Channel Inherited(int descriptor, bool ring)
    {
        if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("A worker inherits its channel on Linux only.");
        // What our methods start must not inherit it in turn.
        Libc.Control(descriptor, Libc.SetFlags, Libc.DescriptorCloseOnExec);
        if (ring)
        {
            var channel = RingChannel.Open(descriptor);
            Libc.Close(descriptor);
            return channel;
        }
        return new DescriptorChannel(descriptor);
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // so that the socket library is loaded where it is used only
    private static SocketChannel Connected(string path)
    {
        // A worker that was started this way is in its parent's group, whom the terminal interrupts as a whole: the parent decides.
        s_interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static interrupt => interrupt.Cancel = true);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        return new SocketChannel(socket);
    }
}
