using System.CommandLine;

namespace Simul.Cli.Jobs;

// What map and compare take alike.
internal static class JobOptions
{
    public static readonly string[] Engines = ["sync", "loop", "threads", "processes"];

    public static Argument<string> Assembly() => new("ASSEMBLY") { Description = "The assembly with your method: a .dll, a .csproj, or a project's folder (then it is built)." };

    public static Argument<string> Method() => new("TYPE.METHOD")
    {
        Description = "A public static method with one parameter: string (the line), a number, FileInfo, or any type System.Text.Json reads from the line; after it at most a CancellationToken. It may be async. An overload is picked as 'TYPE.METHOD(int)'.",
    };

    public static Option<string?> Inputs()
    {
        var option = HouseOption.Text("--inputs", "FILE", "The inputs, one a line; empty lines are skipped; - is standard input.", path => path);
        option.Required = true;
        return option;
    }

    public static Option<int?> Workers() =>
        HouseOption.Count("--workers", "Threads or processes, or asynchronous items at once on the loop. Default: one a core.", 1, 10_000);
}
