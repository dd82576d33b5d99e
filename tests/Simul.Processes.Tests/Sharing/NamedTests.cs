using System.Diagnostics;
using System.Runtime.Versioning;
using Simul.Processes.Sharing;

namespace Simul.Processes.Tests.Sharing;

[SupportedOSPlatform("linux")]
public class NamedTests
{
    private static string NewName() => $"test-{Environment.ProcessId}-{Guid.NewGuid():N}";

    private static string PathOf(string name) => Path.Combine(NamedFile.Folder, name);

    [Fact]
    public void SameName_IsTheSameThing_AndGoesWithTheLastUser()
    {
        string name = NewName();
        var one = SharedArray<int>.Open(name, 3);
        var two = SharedArray<int>.Open(name, 3);
        Assert.Equal(name, one.Name);
        one[1] = 5;
        Assert.Equal(5, two[1]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PathOf(name)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(NamedFile.Folder));
        one.Dispose();
        Assert.True(File.Exists(PathOf(name)));
        Assert.Equal(5, two[1]);
        two.Dispose();
        Assert.False(File.Exists(PathOf(name)));
        using var anew = SharedArray<int>.Open(name, 3);
        Assert.Equal(0, anew[1]);
    }

    [Fact]
    public async Task UnrelatedProcess_FindsIt()
    {
        string name = NewName();
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1 });
        using var gate = ProcessLock.Open(name);
        Assert.True(await pool.SubmitAsync(SharedJobs.TryLockNamed, name));
        using (gate.Lock()) Assert.False(await pool.SubmitAsync(SharedJobs.TryLockNamed, name));
        string flagName = NewName();
        using var flag = ProcessEvent.Open(flagName);
        var waiting = flag.WaitAsync(SharedJobs.Limit);
        await pool.SubmitAsync(SharedJobs.SetNamed, flagName);
        await waiting;
    }

    [Fact]
    public async Task NamedObject_AsArgument_IsOpenedToo()
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1 });
        using var array = SharedArray<int>.Open(NewName(), 2);
        array[0] = 4;
        Assert.Equal(4, await pool.SubmitAsync(SharedJobs.Sum, array));
    }

    [Fact]
    public void EachKind_OpensByName()
    {
        using var gate = ProcessLock.Open(NewName());
        using (gate.Lock())
        {
        }
        string name = NewName();
        using var semaphore = ProcessSemaphore.Open(name, 2);
        Assert.Equal(2, semaphore.CurrentPermits);
        Assert.Contains("made with 2, not with 3", Assert.Throws<SharedObjectException>(() => ProcessSemaphore.Open(name, 3)).Message);
        using var flag = ProcessEvent.Open(NewName(), isSet: true);
        Assert.True(flag.IsSet);
        using var barrier = ProcessBarrier.Open(NewName(), 1);
        Assert.Equal(0, barrier.SignalAndWait());
        using var condition = ProcessCondition.Open(NewName());
        name = NewName();
        using var value = SharedValue<double>.Open(name, 1.5);
        using var same = SharedValue<double>.Open(name, 2.5);
        Assert.Equal(1.5, same.Value);
        name = NewName();
        using var queue = ProcessQueue<string>.Open(name, capacity: 5);
        queue.Put("x");
        Assert.Contains("5 items, not for 6", Assert.Throws<SharedObjectException>(() => ProcessQueue<string>.Open(name, capacity: 6)).Message);
        using var other = ProcessQueue<string>.Open(name, capacity: 5);
        Assert.Equal("x", other.Take());
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData(".hidden")]
    public void BadName_IsRefused(string name) => Assert.Throws<ArgumentException>(() => ProcessLock.Open(name));

    [Fact]
    public void AnotherKindTypeOrLength_IsRefused_NamingBoth()
    {
        string name = NewName();
        using var array = SharedArray<int>.Open(name, 3);
        Assert.Contains("shared array, not a shared lock", Assert.Throws<SharedObjectException>(() => ProcessLock.Open(name)).Message);
        string message = Assert.Throws<SharedObjectException>(() => SharedArray<long>.Open(name, 3)).Message;
        Assert.Contains("System.Int32 (4 bytes), not System.Int64 (8 bytes)", message);
        message = Assert.Throws<SharedObjectException>(() => SharedArray<float>.Open(name, 3)).Message;
        Assert.Contains("System.Int32 (4 bytes), not System.Single (4 bytes)", message);
        Assert.Contains("made with 3, not with 4", Assert.Throws<SharedObjectException>(() => SharedArray<int>.Open(name, 4)).Message);
        // And those who were refused have left nothing: it goes with its last user.
        array.Dispose();
        Assert.False(File.Exists(PathOf(name)));
    }

    [Fact]
    public unsafe void AnotherVersionOrNamespace_IsRefused_NamingBoth()
    {
        string name = NewName();
        using var array = SharedArray<int>.Open(name, 1);
        array.Block.Header->Version = 7;
        Assert.Contains("layout version 7, and this process knows version 1", Assert.Throws<SharedObjectException>(() => SharedArray<int>.Open(name, 1)).Message);
        array.Block.Header->Version = 1;
        array.Block.Header->Namespace++;
        Assert.Contains("namespace", Assert.Throws<SharedObjectException>(() => SharedArray<int>.Open(name, 1)).Message);
    }

    [Fact]
    public unsafe void ForeignFile_IsRefused()
    {
        string name = NewName();
        using var array = SharedArray<int>.Open(name, 1);
        array.Block.Header->Magic = 5;
        Assert.Contains("no shared object", Assert.Throws<SharedObjectException>(() => SharedArray<int>.Open(name, 1)).Message);
    }

    // Its users are gone without a word: nobody holds the lock on it.
    [Fact]
    public void LeftBehindByTheDead_IsMadeAnew_AndTheRestIsSweptAway()
    {
        using (ProcessEvent.Open(NewName()))
        {
            // The folder is there from here on.
        }
        string name = NewName(), other = NewName();
        File.WriteAllBytes(PathOf(name), new byte[5000]);
        File.WriteAllBytes(PathOf(other), new byte[10]);
        using (var flag = ProcessEvent.Open(name)) Assert.False(flag.IsSet);
        Assert.False(File.Exists(PathOf(name)));
        NamedFile.RemoveAbandoned();
        Assert.False(File.Exists(PathOf(other)));
    }

    [Fact]
    public async Task AllUsersKilled_TheNextOneStartsAnew()
    {
        string name = NewName();
        using var folder = new Folder();
        using var process = Process.Start(WorkerHost.CreateStartInfo(typeof(NamedTests).Assembly.Location, typeof(HoldingProgram), name, folder["ready"]))!;
        await Until.WrittenAsync(folder["ready"]);
        Assert.True(File.Exists(PathOf(name)));
        process.Kill();
        await process.WaitForExitAsync();
        Assert.True(File.Exists(PathOf(name)));
        using (var gate = ProcessLock.Open(name))
        using (var hold = gate.Lock(SharedJobs.Limit))
            Assert.False(hold.WasAbandoned); // another lock, made anew
        Assert.False(File.Exists(PathOf(name)));
    }

    [Fact]
    public async Task EndedWithoutDispose_LeavesNoFile()
    {
        string name = NewName();
        var start = WorkerHost.CreateStartInfo(typeof(NamedTests).Assembly.Location, typeof(ForgettingProgram), name);
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        Assert.False(File.Exists(PathOf(name)));
    }

    // Opening races with closing, which removes the file.
    [Fact]
    public async Task OpenAndClose_FromAllSides_EachFindsAWholeOne()
    {
        string name = NewName();
        int inside = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 300; i++)
            {
                using var gate = ProcessLock.Open(name);
                using var hold = gate.Lock(SharedJobs.Limit);
                // Who has it open keeps the name, so this is the same lock for all who are here.
                Assert.Equal(1, Interlocked.Increment(ref inside));
                Interlocked.Decrement(ref inside);
            }
        })));
        Assert.False(File.Exists(PathOf(name)));
    }

    [Fact]
    public void ProcessIdentity_KnowsTheLivingAndTheDead()
    {
        Assert.True(ProcessIdentity.Current.IsAlive());
        Assert.False(new ProcessIdentity(1, 4_000_000).IsAlive());
        Assert.NotEqual(0ul, ProcessIdentity.Namespace);
    }

    internal static class HoldingProgram
    {
        internal static int Run(string[] arguments)
        {
            var gate = ProcessLock.Open(arguments[0]);
            gate.Lock();
            File.WriteAllText(arguments[1], "ready\n");
            Thread.Sleep(Timeout.Infinite);
            return 0;
        }
    }

    internal static class ForgettingProgram
    {
        internal static int Run(string[] arguments)
        {
            ProcessLock.Open(arguments[0]).Lock();
            return File.Exists(PathOf(arguments[0])) ? 0 : 1;
        }
    }
}
