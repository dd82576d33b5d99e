using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Simul.Processes.Tests.Web;

// An ASP.NET Core application whose requests run methods in workers.
public sealed class WebApplicationTests(SharedWebApplication shared) : IClassFixture<SharedWebApplication>
{
    private readonly WebApplicationProcess _application = shared.Application;

    private HttpClient Client => _application.Client;

    [Fact]
    public async Task Request_RunsInAWorker_WithTheSharedFrameworkAndWithoutMain()
    {
        Assert.Equal("1229", await Client.GetStringAsync("/primes/10000"));

        var around = (await Client.GetFromJsonAsync<Surroundings[]>("/surroundings"))!;
        var (here, there) = (around[0], around[1]);
        Assert.Equal(_application.Id, here.ProcessId);
        Assert.Contains(there.ProcessId, (await _application.PoolAsync()).Workers);
        Assert.Equal(here.AspNetCore, there.AspNetCore);
        // The application's collector has a heap for every core, as the web SDK wants it; no worker needs that.
        Assert.Equal((true, false), (here.IsServerCollector, there.IsServerCollector));
        Assert.Equal([_application.Id], _application.Mains);
    }

    [Fact]
    public async Task Request_WithATypeOfAspNetCoreInTheWorker_FindsIt()
    {
        var password = await Client.GetFromJsonAsync<JsonElement>("/password/checkmate");
        Assert.True(password.GetProperty("isRight").GetBoolean());
        Assert.Contains("Microsoft.AspNetCore.App", password.GetProperty("library").GetString());
    }

    [Theory]
    [InlineData("exit")]
    [InlineData("overflow")]
    public async Task Request_ThatCrashesItsWorker_IsAProblemAndTheNextOneWorks(string how)
    {
        using var crashed = await Client.GetAsync($"/crash/{how}");
        Assert.Equal((HttpStatusCode.InternalServerError, "application/problem+json"), (crashed.StatusCode, crashed.Content.Headers.ContentType?.MediaType));
        Assert.Equal(500, (await crashed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetInt32());
        Assert.Equal("168", await Client.GetStringAsync("/primes/1000"));
        // A worker that replaces another one does not run Main either.
        Assert.Equal([_application.Id], _application.Mains);
    }

    [Fact]
    public async Task Request_WithALoggerForTheWorker_FindsItsEntryInTheApplicationsLog()
    {
        using var logged = await Client.GetAsync("/log/checkmate");
        Assert.Equal(HttpStatusCode.OK, logged.StatusCode);
        await _application.SaidAsync("checkmate from a worker");
    }

    [Fact]
    public async Task Request_Aborted_CancelsItsItemAndKeepsTheWorker()
    {
        using var hold = new Hold();
        using var abort = new CancellationTokenSource();
        var before = await _application.PoolAsync();
        var request = Client.GetAsync(hold.Path, abort.Token);
        await hold.BegunAsync();
        int[] workers = (await _application.PoolAsync()).Workers;
        abort.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await hold.CancelledAsync();
        var after = await _application.PoolAsync(pool => pool.Statistics.TotalCancelled == before.Statistics.TotalCancelled + 1, "the item was cancelled");
        Assert.Equal(workers, after.Workers);
    }

    [Fact]
    public async Task Request_AbortedBeforeItsItemBegins_TakesItBack()
    {
        using Hold first = new(), second = new(), third = new();
        using var abort = new CancellationTokenSource();
        var before = await _application.PoolAsync();
        Task<string>[] busy = [Client.GetStringAsync(first.Path), Client.GetStringAsync(second.Path)];
        await first.BegunAsync();
        await second.BegunAsync();
        var waiting = Client.GetAsync(third.Path, abort.Token);
        await _application.PoolAsync(pool => pool.Statistics.CurrentQueued == 1, "the third item waits for a worker");
        abort.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await _application.PoolAsync(pool => pool.Statistics.TotalCancelled == before.Statistics.TotalCancelled + 1, "it was taken back");
        first.LetGo();
        second.LetGo();
        Assert.Equal(2, (await Task.WhenAll(busy)).Distinct().Count());
        Assert.False(third.HasBegun);
    }

    private sealed record Surroundings(int ProcessId, bool IsServerCollector, string AspNetCore);
}
