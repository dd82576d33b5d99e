namespace Simul.Processes.Tests.Web;

// SIGTERM to an ASP.NET Core application: the host ends its requests first and disposes the executor then.
public sealed class WebApplicationEndTests
{
    [Fact]
    public async Task Terminate_WhileAnItemRuns_AnswersItsRequestAndLeavesNoWorker()
    {
        using var hold = new Hold();
        using var application = await WebApplicationProcess.StartAsync();
        var request = application.Client.GetStringAsync(hold.Path);
        await hold.BegunAsync();
        int[] workers = (await application.PoolAsync()).Workers;
        Assert.NotEmpty(workers);

        await application.TerminateAsync();
        Assert.False(request.IsCompleted);
        hold.LetGo();
        Assert.Contains(int.Parse(await request), workers);
        await application.SaidAsync("After the host: 0 workers");
        Assert.Equal(0, await application.EndAsync());
        // The host has waited for the executor's end, and that for its workers', so there is nothing to wait for here.
        Assert.All(workers, worker => Assert.False(Until.Lives(worker)));
        Assert.Equal([application.Id], application.Mains);
    }

    [Fact]
    public async Task Terminate_WhileAnItemDoesNotEnd_CancelsItWhenTheHostsPatienceIsOver()
    {
        using var hold = new Hold();
        using var application = await WebApplicationProcess.StartAsync("--shutdownTimeoutSeconds", "0");
        var request = application.Client.GetStringAsync(hold.Path);
        await hold.BegunAsync();
        int[] workers = (await application.PoolAsync()).Workers;
        Assert.NotEmpty(workers);

        await application.TerminateAsync();
        await hold.CancelledAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => request);
        await application.SaidAsync("After the host: 0 workers");
        Assert.Equal(0, await application.EndAsync());
        Assert.All(workers, worker => Assert.False(Until.Lives(worker)));
    }
}
