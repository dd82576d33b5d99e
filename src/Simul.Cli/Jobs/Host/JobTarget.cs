using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;

namespace Simul.Cli.Jobs.Host;

// The user's assembly, loaded once into this process, and its bound methods.
internal static class JobTarget
{
    private static readonly ConcurrentDictionary<(string Assembly, int Token), BoundMethod> s_bound = new();

    public static Assembly Load(string path)
    {
        try
        {
            string folder = Path.GetDirectoryName(path)!;
            // A library without a deps file, or one whose packages stand beside it: look in its own folder.
            AssemblyLoadContext.Default.Resolving += (context, name) =>
                Path.Combine(folder, name.Name + ".dll") is { } beside && File.Exists(beside) ? context.LoadFromAssemblyPath(beside) : null;
            return AssemblyLoadContext.Default.LoadFromAssemblyPath(path);
        }
        catch (BadImageFormatException)
        {
            throw new JobRefusedException($"{path} is not a .NET assembly. Name the .dll of your project, its .csproj or its folder.");
        }
        catch (FileLoadException e)
        {
            throw new JobRefusedException($"{path} cannot be loaded: {e.Message}");
        }
    }

    // The host's way: finds the method by what the user wrote.
    public static BoundMethod Find(Assembly assembly, string path, string written)
    {
        var method = MethodFinder.Find(assembly, written);
        return s_bound.GetOrAdd((path, method.Method.MetadataToken), method);
    }

    // The worker's way: the token is exact, since it is the same file.
    public static BoundMethod Resolve(string path, int token) =>
        s_bound.GetOrAdd((path, token), static key =>
            Load(key.Assembly).ManifestModule.ResolveMethod(key.Token) is MethodInfo method && BoundMethod.TryBind(method, out string why) is { } bound
                ? bound
                : throw new InvalidOperationException($"The method behind token {key.Token:x} of {key.Assembly} cannot be bound in the worker; was the file rebuilt while the job ran?"));
}
