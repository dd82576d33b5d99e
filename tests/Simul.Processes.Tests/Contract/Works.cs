namespace Simul.Processes.Tests.Contract;

// What the contract's tests run, on whatever engine: static methods that tell of themselves by files.
internal static class Works
{
    public static int Three() => 3;

    public static int ThreeOr(CancellationToken token) => token.IsCancellationRequested ? 0 : 3;

    public static async Task<int> ThreeAsync()
    {
        await Task.Yield();
        return 3;
    }

    public static async Task<int> ThreeOrAsync(CancellationToken token)
    {
        await Task.Delay(1, token);
        return 3;
    }

    public static int SquareOr(int x, CancellationToken token) => token.IsCancellationRequested ? 0 : x * x;

    public static async Task<int> SquareAsync(int x)
    {
        await EventLoop.Yield();
        return x * x;
    }

    public static async Task<int> SquareOrAsync(int x, CancellationToken token)
    {
        await Task.Delay(1, token);
        return x * x;
    }

    // Says that it has begun, and ends when its gate opens or its token is cancelled.
    public static async Task<int> HoldAsync((string Begun, string Gate) files, CancellationToken token)
    {
        File.AppendAllText(files.Begun, "begun\n");
        while (!File.Exists(files.Gate)) await Task.Delay(2, token);
        return 1;
    }

    // The same, deaf and blocking.
    public static int Block((string Begun, string Gate) files)
    {
        File.AppendAllText(files.Begun, "begun\n");
        while (!File.Exists(files.Gate)) Thread.Sleep(1);
        return 1;
    }

    public static int ThrowAt3(int x) => x == 3 ? throw new FormatException($"not {x}") : x * 10;
}
