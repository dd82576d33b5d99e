using System.Runtime.InteropServices;

namespace Simul.Cli.Tests;

// A bare event loop in a process of its own, with signals at their defaults. A99, A100
public sealed class LoopSignalTests
{
    [Fact]
    public void Interrupt_Once_UnwindsAndEndsByItself()
    {
        using var program = Start("interrupt");
        program.WaitFor("ready");
        program.Signal(Libc.SigInt);
        program.WaitFor("unwinding");
        program.Signal(SigCont); // lets the clean-up end
        Assert.Equal(3, program.WaitForEnd().ExitCode);
        Assert.Contains("interrupted (Ctrl+C)", program.Text);
    }

    [Fact]
    public void Interrupt_Twice_EndsTheProcessAtOnce()
    {
        using var program = Start("interrupt");
        program.WaitFor("ready");
        program.Signal(Libc.SigInt);
        program.WaitFor("unwinding"); // and there it would stay
        program.Signal(Libc.SigInt);
        Assert.Equal(Libc.SigInt, program.WaitForEnd().Signal);
        Assert.DoesNotContain("unwound", program.Text);
    }

    [Fact]
    public void Terminate_ThenInterrupt_CountsAsTheSecond()
    {
        using var program = Start("both");
        program.WaitFor("ready");
        program.Signal(Libc.SigTerm);
        program.WaitFor("unwinding");
        program.Signal(Libc.SigInt);
        Assert.Equal(Libc.SigInt, program.WaitForEnd().Signal);
    }

    // A100: without the option the loop takes no signal.
    [Fact]
    public void Interrupt_WithoutTheOption_EndsTheProcess()
    {
        using var program = Start("none");
        program.WaitFor("ready");
        program.Signal(Libc.SigInt);
        Assert.Equal(Libc.SigInt, program.WaitForEnd().Signal);
        Assert.DoesNotContain("unwinding", program.Text);
    }

    private const int SigCont = 18;

    private static LiveTool Start(string which)
    {
        var start = WorkerHost.CreateStartInfo(typeof(LoopSignalTests).Assembly.Location, typeof(LoopProgram), which);
        return new LiveTool([start.FileName, .. start.ArgumentList]);
    }

    // Waits for ever; when it is cancelled its clean-up waits for SIGCONT.
    internal static class LoopProgram
    {
        internal static int Run(string[] arguments)
        {
            try
            {
                EventLoop.Run(MainAsync, new EventLoopOptions { CancelOnInterrupt = arguments[0] != "none", CancelOnTerminate = arguments[0] == "both" });
                return 0;
            }
            catch (OperationCanceledException error)
            {
                Console.WriteLine($"cancelled: {error.Message}");
                return 3;
            }
        }

        private static async Task MainAsync()
        {
#pragma warning disable CA1416 // these tests run where there are signals
            await using var signals = EventLoop.SignalsAsync(PosixSignal.SIGCONT).GetAsyncEnumerator();
#pragma warning restore CA1416
            using var open = EventLoop.Current.HoldOpen();
            try
            {
                Console.WriteLine("ready");
                await EventLoop.Delay(Timeout.InfiniteTimeSpan);
            }
            finally
            {
                using var shield = CancelScope.Enter(shield: true);
                Console.WriteLine("unwinding");
                await signals.MoveNextAsync();
                Console.WriteLine("unwound");
            }
        }
    }
}
