#:project ../../src/Simul/Simul.csproj
// Ctrl+C: everything unwinds, and says goodbye properly.
using Simul;

try
{
    EventLoop.Run(ServeAsync, new EventLoopOptions { CancelOnInterrupt = true });
}
catch (OperationCanceledException)
{
    Console.WriteLine("closed");
}

static async Task ServeAsync()
{
    try
    {
        Console.WriteLine("serving");
        while (true)
            await EventLoop.Delay(TimeSpan.FromSeconds(1));
    }
    finally
    {
        await CancelScope.ShieldAsync(async () => await EventLoop.Delay(TimeSpan.FromSeconds(0.01)));
        Console.WriteLine("all guests have left");
    }
}
