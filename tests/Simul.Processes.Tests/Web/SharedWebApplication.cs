namespace Simul.Processes.Tests.Web;

// One application for all tests that do not end it: they run one after the other, and each leaves the pool idle.
public sealed class SharedWebApplication : IAsyncLifetime
{
    public WebApplicationProcess Application { get; private set; } = null!; // set by InitializeAsync

    public async Task InitializeAsync() => Application = await WebApplicationProcess.StartAsync();

    public Task DisposeAsync()
    {
        Application?.Dispose();
        return Task.CompletedTask;
    }
}
