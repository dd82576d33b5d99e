namespace Simul.Processes.Tests;

// What workers find around themselves.
public abstract class WorkerSurroundingsTests(Way way) : PoolTests(way)
{
    [Fact]
    public async Task Environment_AndWorkingDirectory_AreTheWorkers()
    {
        using var folder = new Folder();
        Directory.CreateDirectory(folder["here"]);
        Environment.SetEnvironmentVariable("SIMUL_TEST_OF_PARENT", "parent");
        var variables = new Dictionary<string, string?> { ["SIMUL_TEST_OF_WORKER"] = "a=b c", ["SIMUL_TEST_OF_PARENT"] = null };
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1, Environment = variables, WorkingDirectory = folder["here"] });
        variables["SIMUL_TEST_OF_WORKER"] = "changed afterwards";
        var found = await pool.SubmitAsync(static () => (Environment.CurrentDirectory, Environment.GetEnvironmentVariable("SIMUL_TEST_OF_WORKER"), Environment.GetEnvironmentVariable("SIMUL_TEST_OF_PARENT")));
        Assert.Equal((folder["here"], "a=b c", null), found);
    }

    [Fact]
    public async Task WorkingDirectory_ThatIsMissing_IsNamed()
    {
        using var folder = new Folder();
        var missing = Assert.Throws<DirectoryNotFoundException>(() => Open(new ProcessExecutorOptions { WorkingDirectory = folder["nowhere"] }));
        Assert.Contains(folder["nowhere"], missing.Message);

        // And when it goes while the executor lives.
        Directory.CreateDirectory(folder["short-lived"]);
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1, WorkingDirectory = folder["short-lived"] });
        Directory.Delete(folder["short-lived"]);
        var gone = await Assert.ThrowsAsync<WorkerStartException>(() => pool.SubmitAsync(Jobs.ProcessId));
        Assert.Contains(folder["short-lived"], gone.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a=b")]
    public void Environment_WithANameThatCannotBe_IsRefused(string name) =>
        Assert.Throws<ArgumentException>(() => new ProcessExecutorOptions { Environment = new Dictionary<string, string?> { [name] = "" } });
}

public sealed class SharedMemoryWorkerSurroundingsTests() : WorkerSurroundingsTests(Way.SharedMemory);

public sealed class PortableWorkerSurroundingsTests() : WorkerSurroundingsTests(Way.Portable);
