namespace Simul.Processes.Launch;

// The command line that starts the worker host with the dependencies of a target: normally this very application.
//
// The paths come from what the host said at start (APP_CONTEXT_DEPS_FILES), never from the entry assembly: a test host has
// another one, or none. A process that was itself started through the host inherits the options it was started with.
//
// An application published as a single file, or with its own copy of the runtime, cannot be started that way. Its workers run
// its own executable, whose Main gives way to them in its first line (WorkerHost.RunIfWorker).
internal sealed class HostCommand
{
    public const string Variable = "SIMUL_HOST_OPTIONS";
    public const string WorkerVariable = "SIMUL_WORKER";
    private const string HostFile = "Simul.WorkerHost.dll";

    private HostCommand(string executable, string host, string[] options)
    {
        Executable = executable;
        Host = host;
        Options = options;
    }

    // Set by RunIfWorker: Main gives way to workers.
    public static bool MainGivesWay { get; set; }

    public string Executable { get; }

    // Empty: the executable is the application itself.
    public string Host { get; }

    // --depsfile, --runtimeconfig, --additionalprobingpath and their values.
    public string[] Options { get; }

    // For the environment of the started process, so that the workers it may start find the same.
    public string Inherited => string.Join('\n', Options);

    public static HostCommand ForThisApplication()
    {
        if (BringsItsOwnRuntime())
        {
            if (MainGivesWay && Environment.ProcessPath is { } self) return new(self, "", []);
            throw new WorkerStartException("This application was published as a single file or with its own runtime, so its workers run the application itself. Make 'if (WorkerHost.RunIfWorker()) return;' the first line of Main.");
        }
        string host = FindHost();
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } inherited && IsHostProcess())
            return new(FindDotnet(), host, inherited.Split('\n'));

        var options = new List<string>();
        string? deps = (AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string)?.Split(';', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        string? config = null;
        if (deps is not null && File.Exists(deps))
        {
            options.AddRange(["--depsfile", deps]);
            config = deps[..^".deps.json".Length] + ".runtimeconfig.json";
        }
        if (config is null || !File.Exists(config)) config = Path.ChangeExtension(Path.Combine(AppContext.BaseDirectory, AppDomain.CurrentDomain.FriendlyName + ".x"), ".runtimeconfig.json");
        if (!File.Exists(config)) config = Path.ChangeExtension(host, ".runtimeconfig.json");
        options.AddRange(["--runtimeconfig", config]);
        return new(FindDotnet(), host, [.. options]);
    }

    // For an assembly on disk that may be an application or a plain class library.
    public static HostCommand ForAssembly(string path)
    {
        path = Path.GetFullPath(path);
        string host = FindHost();
        string stem = Path.Combine(Path.GetDirectoryName(path)!, Path.GetFileNameWithoutExtension(path));
        var options = new List<string>();
        if (File.Exists(stem + ".deps.json")) options.AddRange(["--depsfile", stem + ".deps.json"]);
        bool isApplication = File.Exists(stem + ".runtimeconfig.json");
        options.AddRange(["--runtimeconfig", isApplication ? stem + ".runtimeconfig.json" : Path.ChangeExtension(host, ".runtimeconfig.json")]);
        if (!isApplication)
        {
            // A library's packages are not copied beside it.
            string packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
                ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
            if (Directory.Exists(packages)) options.AddRange(["--additionalprobingpath", packages]);
        }
        return new(FindDotnet(), host, [.. options]);
    }

    public string[] Arguments(string assembly, string type, params string[] rest) => ["exec", .. Options, Host, assembly, type, .. rest];

    public string[] WorkerArguments(string[] description) =>
        Host.Length == 0 ? [] : Arguments("Simul.Processes", "Simul.Processes.Worker.WorkerEntry", description);

    public string? WorkerEnvironment(string[] description) => Host.Length == 0 ? string.Join('\n', description) : null;

    private static bool BringsItsOwnRuntime()
    {
        if (typeof(HostCommand).Assembly.Location.Length == 0) return true;
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return string.Equals(framework, Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory), StringComparison.Ordinal);
    }

    private static string FindHost()
    {
        string location = typeof(HostCommand).Assembly.Location;
        if (location.Length == 0)
            throw new WorkerStartException("This application was published as a single file; it cannot host other assemblies in processes of their own.");
        string beside = Path.Combine(Path.GetDirectoryName(location)!, HostFile);
        if (File.Exists(beside)) return beside;
        string inApplication = Path.Combine(AppContext.BaseDirectory, HostFile);
        if (File.Exists(inApplication)) return inApplication;
        throw new WorkerStartException($"{HostFile} is missing beside {location}. It comes with the Simul.Processes package or project and must be copied with it.");
    }

    private static bool IsHostProcess() =>
        string.Equals(Path.GetFileNameWithoutExtension(Environment.GetCommandLineArgs()[0]), Path.GetFileNameWithoutExtension(HostFile), StringComparison.Ordinal);

    private static string FindDotnet()
    {
        string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        if (Environment.ProcessPath is { } self && Path.GetFileName(self).Equals(name, StringComparison.OrdinalIgnoreCase)) return self;
        if (Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host && File.Exists(host)) return host;
        // The shared framework that runs this process lies under the installation whose muxer we want.
        string? framework = Path.GetDirectoryName(typeof(object).Assembly.Location);
        IEnumerable<string?> roots =
        [
            framework is null ? null : Path.GetFullPath(Path.Combine(framework, "..", "..", "..")),
            Environment.GetEnvironmentVariable("DOTNET_ROOT"),
            .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator),
        ];
        foreach (string? root in roots)
        {
            if (!string.IsNullOrEmpty(root) && File.Exists(Path.Combine(root, name))) return Path.Combine(root, name);
        }
        throw new WorkerStartException("The dotnet command was not found beside the running framework, in DOTNET_ROOT or on the PATH; worker processes are started with it. Set DOTNET_ROOT.");
    }
}
