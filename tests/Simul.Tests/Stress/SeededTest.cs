using System.Reflection;
using Xunit.Sdk;

namespace Simul.Tests.Stress;

// A test method that is run under many seeds, with one row of its data.
internal sealed class SeededTest
{
    // Where the primitives' tests are. What is added there is found by itself.
    private static readonly string[] s_rooms = ["Simul.Tests.Synchronization", "Simul.Tests.Tasks", "Simul.Tests.Suspension"];

    private readonly Type _class;
    private readonly MethodInfo _method;
    private readonly object?[] _arguments;

    private SeededTest(Type @class, MethodInfo method, object?[] arguments)
    {
        (_class, _method, _arguments) = (@class, method, arguments);
        Name = $"{_class.FullName![(nameof(Simul).Length + nameof(Tests).Length + 2)..]}.{method.Name}{(arguments.Length == 0 ? "" : $"({string.Join(", ", arguments)})")}";
    }

    public static IReadOnlyList<SeededTest> All { get; } =
    [
        .. from type in typeof(SeededTest).Assembly.GetTypes()
           where type is { IsPublic: true, IsAbstract: false } && s_rooms.Any(room => type.Namespace == room || type.Namespace?.StartsWith(room + ".", StringComparison.Ordinal) == true)
           orderby type.FullName
           from method in type.GetMethods()
           where method.GetCustomAttribute<FactAttribute>() is { Skip: null } && method.GetCustomAttribute<FifoOrderAttribute>() is null
           orderby method.Name
           from row in Rows(method)
           select new SeededTest(type, method, row),
    ];

    public string Name { get; }

    // One that is in no room of the primitives.
    public static SeededTest Of(Type @class, string method) => new(@class, @class.GetMethod(method)!, []);

    // How many seeds it wants, if not as many as the others.
    public int? Most => _method.GetCustomAttribute<SeedsAttribute>()?.Most;

    private string Command(ulong seed) => $"./test --project Simul.Tests --seed {seed} --filter 'FullyQualifiedName={_class.FullName}.{_method.Name}'";

    // Runs it under each seed, or as many as there is time for; throws what the first failure was. Returns how many.
    public int Run(IReadOnlyList<ulong> seeds, TimeSpan? time = null) =>
        SeedWorker.Run(seeds, Play, seed => new XunitException($"{Name} hung under seed {seed}.\nReplay: {Command(seed)}"), time);

    private XunitException? Play(ulong seed)
    {
        var run = new SeedRun(seed);
        try
        {
            // A context of its own: what a test leaves in it must not reach the next one.
            ExecutionContext.Run(ExecutionContext.Capture()!, _ =>
            {
                SeedRun.Current = run;
                Invoke();
            }, null);
            return null;
        }
        catch (Exception error)
        {
            string injected = run.TookInjected ? "\nThe run took work from other threads, whose time no seed can set: this command may or may not repeat it." : "";
            return new XunitException($"{Name} failed under seed {seed}: {error.GetType().Name}: {error.Message}\nReplay: {Command(seed)}{injected}\n{error.StackTrace}", error);
        }
    }

    private void Invoke()
    {
        object test = Activator.CreateInstance(_class) ?? throw new InvalidOperationException($"{_class} has no public constructor without arguments.");
        if (test is IAsyncLifetime setUp) setUp.InitializeAsync().GetAwaiter().GetResult();
        try
        {
            object? result = _method.Invoke(test, BindingFlags.DoNotWrapExceptions, null, _arguments, null);
            if (result is Task running) running.GetAwaiter().GetResult();
            else if (result is ValueTask waiting) waiting.AsTask().GetAwaiter().GetResult();
        }
        finally
        {
            if (test is IAsyncLifetime tearDown) tearDown.DisposeAsync().GetAwaiter().GetResult();
            else if (test is IAsyncDisposable later) later.DisposeAsync().AsTask().GetAwaiter().GetResult();
            (test as IDisposable)?.Dispose();
        }
    }

    private static IEnumerable<object?[]> Rows(MethodInfo method) =>
        method.GetParameters().Length == 0 ? [[]] : method.GetCustomAttributes<DataAttribute>().SelectMany(data => data.GetData(method));
}
