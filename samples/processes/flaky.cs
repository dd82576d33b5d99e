#:project ../../src/Simul.Processes/Simul.Processes.csproj
// A native library that sometimes takes its process along. The application lives, each page is tried again, and the page that
// always crashes is given up.
using System.Runtime.InteropServices;
using Simul;

await using var pool = new ProcessExecutor();
var options = new MapOptions { Retry = new RetryPolicy { Attempts = 10, PoisonLimit = 3 } };
await foreach (var page in pool.MapOutcomesAsync(Enumerable.Range(1, 8), Decode, options))
{
    Console.WriteLine(page.Error switch
    {
        null => $"page {page.Input}: {page.Result} letters, attempt {page.Attempts}",
        PoisonedWorkException poisoned => $"page {page.Input}: given up after {poisoned.Losses} workers, {((WorkerCrashedException)poisoned.InnerException!).Signal}",
        var error => $"page {page.Input}: {error.Message}",
    });
}

// Page 7 always crashes; every third one does so when it is tried for the first time.
static long Decode(int page)
{
    bool crashes = page == 7 || (page % 3 == 0 && WorkContext.Current!.Attempt == 1);
    if (crashes) return Length(1); // a pointer to nowhere
    nint text = Marshal.StringToCoTaskMemUTF8(new string('x', page * 100));
    nint length = Length(text);
    Marshal.FreeCoTaskMem(text);
    return length;
}

[DllImport("libc", EntryPoint = "strlen")]
static extern nint Length(nint text);

// prints:
// page 1: 100 letters, attempt 1
// page 2: 200 letters, attempt 1
// page 3: 300 letters, attempt 2
// page 4: 400 letters, attempt 1
// page 5: 500 letters, attempt 1
// page 6: 600 letters, attempt 2
// page 7: given up after 3 workers, SIGSEGV
// page 8: 800 letters, attempt 1
