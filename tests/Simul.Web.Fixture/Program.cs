using Microsoft.AspNetCore.Identity;
using Simul;
using Simul.Web.Fixture;

// Whoever runs this leaves his process id. The path comes by the environment, which workers inherit, so one that ran Main
// would be in the list, too.
if (Environment.GetEnvironmentVariable("SIMUL_WEB_MAINS") is { Length: > 0 } mains) File.AppendAllLines(mains, [$"{Environment.ProcessId}"]);

// What the guide shows (docs/guide/processes.md) stands here line by line; a test holds the two together.
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSingleton(services => new ProcessExecutor(
    new ProcessExecutorOptions { Workers = 2 }.WithLogging(services.GetRequiredService<ILoggerFactory>())));
builder.Services.AddProblemDetails();

var app = builder.Build();
app.UseExceptionHandler();

app.MapGet("/primes/{below}", (int below, ProcessExecutor pool, CancellationToken aborted) =>
    pool.SubmitAsync(Work.CountPrimes, below, cancellationToken: aborted));

// Lambdas lie in the class of Main itself, which a worker loads and does not run.
app.MapGet("/surroundings", async (ProcessExecutor pool) => new[] { Work.LookAround(), await pool.SubmitAsync(static () => Work.LookAround()) });

// A hash is what slows a login down; the worker's is checked here, by the same class of the shared framework.
app.MapGet("/password/{text}", async (string text, ProcessExecutor pool) =>
{
    var (hash, library) = await pool.SubmitAsync(Work.Hash, text);
    return new { library, isRight = new PasswordHasher<string>().VerifyHashedPassword("", hash, text) == PasswordVerificationResult.Success };
});

app.MapGet("/log/{text}", (string text, ILogger<Program> logger, ProcessExecutor pool) =>
    pool.SubmitAsync(() => logger.LogInformation("{Text} from a worker", text)));

app.MapGet("/crash/{how}", (string how, ProcessExecutor pool) => pool.SubmitAsync(Work.Crash, how));

app.MapGet("/hold/{name}", (string name, HttpContext http, ProcessExecutor pool) =>
    pool.SubmitAsync(Work.Hold, name, cancellationToken: http.RequestAborted));

app.MapGet("/pool", (ProcessExecutor pool) => new { Workers = pool.GetWorkerProcessIds(), Statistics = pool.GetStatistics() });

var executor = app.Services.GetRequiredService<ProcessExecutor>();
app.Run();
// Workers end with their application in any case; that they are gone before is the host's doing.
Console.WriteLine($"After the host: {executor.GetWorkerProcessIds().Count} workers");
