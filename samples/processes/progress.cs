#:project ../../src/Simul.Processes/Simul.Processes.csproj
// A bar for each of several jobs, moved by the workers that run them.
using Simul;

string[] names = ["north", "east", "south", "west"];
var bars = new Bars(names);
await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 2 });
long[] results = await Task.WhenAll(names.Select((_, row) => pool.SubmitAsync(Collatz, (row, bars[row]))));
bars.Draw();
Console.WriteLine($"longest chain: {results.Max()}");

// In a worker: the progress is a stand-in there, and its reports travel back.
static long Collatz((int Row, IProgress<int> Progress) job)
{
    const int Share = 100_000;
    long longest = 0;
    for (int i = 1; i <= Share; i++)
    {
        long steps = 0;
        for (long n = job.Row * Share + i; n > 1; n = n % 2 == 0 ? n / 2 : 3 * n + 1) steps++;
        longest = Math.Max(longest, steps);
        if (i % (Share / 20) == 0) job.Progress.Report(i * 100 / Share);
    }
    return longest;
}

// One item's reports come in order and one at a time; those of several items come at the same time.
sealed class Bars(string[] names)
{
    private readonly int[] _percent = new int[names.Length];
    private readonly Lock _screen = new();
    private bool _drawn;

    public IProgress<int> this[int row] => new Row(this, row);

    public void Draw()
    {
        lock (_screen)
        {
            if (_drawn && !Console.IsOutputRedirected) Console.Write($"\x1b[{names.Length}A");
            _drawn = true;
            for (int row = 0; row < names.Length; row++)
                Console.WriteLine($"{names[row],-6}{new string('#', _percent[row] / 5),-20} {_percent[row],3} %");
        }
    }

    private sealed class Row(Bars bars, int row) : IProgress<int>
    {
        public void Report(int value)
        {
            bars._percent[row] = value;
            if (!Console.IsOutputRedirected) bars.Draw();
        }
    }
}

// prints:
// north #################### 100 %
// east  #################### 100 %
// south #################### 100 %
// west  #################### 100 %
// longest chain: 442
