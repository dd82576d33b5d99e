using System.Reflection;

namespace Simul.Cli.Jobs.Host;

// Finds the method that "Type.Method" or "Type.Method(FileInfo)" means. The type may be written with its namespace, or by
// its name alone where that is unique.
internal static class MethodFinder
{
    private const BindingFlags AnyStaticOrNot = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;

    public static BoundMethod Find(Assembly assembly, string written)
    {
        var (typeName, methodName, parameters) = Split(written);
        var type = FindType(assembly, typeName);
        var named = type.GetMethods(AnyStaticOrNot).Where(m => m.Name == methodName && !m.IsSpecialName).ToList();
        if (named.Count == 0)
        {
            var callable = type.GetMethods(AnyStaticOrNot).Where(m => m is { IsPublic: true, IsStatic: true, IsSpecialName: false } && m.DeclaringType != typeof(object)).Select(m => m.Name).Distinct().ToList();
            throw new JobRefusedException($"{TypeName(type)} has no method {methodName}.{NearestName.Hint(methodName, callable, "public static method")}");
        }
        var open = named.Where(m => m.IsPublic).ToList();
        if (open.Count == 0) throw new JobRefusedException($"{TypeName(type)}.{methodName} is not public. Make it public and static.");
        if (parameters is not null)
        {
            var picked = open.Where(m => Matches(m, parameters)).ToList();
            open = picked.Count > 0 ? picked : throw new JobRefusedException($"{TypeName(type)}.{methodName} has no overload ({string.Join(", ", parameters)}). {Candidates(open)}");
        }
        return Choose(open);
    }

    // One that fits is taken. With and without a CancellationToken is the same method twice: the one with it is taken.
    private static BoundMethod Choose(List<MethodInfo> methods)
    {
        var fitting = new List<BoundMethod>();
        string why = "";
        foreach (var method in methods)
            if (BoundMethod.TryBind(method, out string reason) is { } bound) fitting.Add(bound);
            else why = reason;
        var distinct = fitting.GroupBy(m => m.ArgumentType).Select(g => g.OrderByDescending(m => m.TakesToken).First()).ToList();
        return distinct.Count switch
        {
            1 => distinct[0],
            0 when methods.Count == 1 => throw new JobRefusedException($"{ClrNames.WithResult(methods[0])} does not fit: {why}."),
            0 => throw new JobRefusedException($"No overload fits: a method takes one parameter and after it at most a CancellationToken, and is static. {Candidates(methods)}"),
            _ => throw new JobRefusedException($"More than one overload fits. Name one with its parameter, for instance '{ClrNames.Of(distinct[0].Method)}'. {Candidates(distinct.Select(m => m.Method))}"),
        };
    }

    private static string Candidates(IEnumerable<MethodInfo> methods) => $"Candidates: {string.Join("; ", methods.Select(ClrNames.WithResult).Order(StringComparer.Ordinal))}.";

    private static (string Type, string Method, string[]? Parameters) Split(string written)
    {
        string name = written.Trim();
        string[]? parameters = null;
        int parenthesis = name.IndexOf('(');
        if (parenthesis >= 0)
        {
            parameters = name[(parenthesis + 1)..].TrimEnd(')', ' ').Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            name = name[..parenthesis].TrimEnd();
        }
        int dot = name.LastIndexOf('.');
        return dot > 0 && dot < name.Length - 1
            ? (name[..dot], name[(dot + 1)..], parameters)
            : throw new JobRefusedException($"'{written}' is not a method. Write TYPE.METHOD, for instance WordCount.Counter.CountFile.");
    }

    private static bool Matches(MethodInfo method, string[] parameters)
    {
        var types = method.GetParameters().Select(p => p.ParameterType).ToArray();
        if (types.Length == parameters.Length + 1 && types[^1] == typeof(CancellationToken)) types = types[..^1];
        return types.Length == parameters.Length
            && types.Zip(parameters).All(pair => pair.Second == ClrNames.Of(pair.First) || pair.Second == pair.First.Name || pair.Second == pair.First.FullName);
    }

    private static Type FindType(Assembly assembly, string name)
    {
        var types = LoadableTypes(assembly);
        var exact = types.Where(t => TypeName(t) == name || t.FullName == name).ToList();
        if (exact.Count == 0) exact = types.Where(t => t.Name == name || TypeName(t).EndsWith("." + name, StringComparison.Ordinal)).ToList();
        if (exact.Count > 1) throw new JobRefusedException($"'{name}' can be {string.Join(" or ", exact.Select(TypeName).Order(StringComparer.Ordinal))}. Write the namespace too.");
        if (exact.Count == 1)
            return !exact[0].ContainsGenericParameters ? exact[0] : throw new JobRefusedException($"{TypeName(exact[0])} is generic. Name a type with its types filled in: write a small static method that calls it.");
        var names = types.Where(t => t.IsVisible).Select(TypeName).ToList();
        // A short name is compared with short names: "Countr" is near "Counter" and far from "WordCount.Counter".
        var near = NearestName.Find(name, names);
        if (near.Count == 0)
        {
            var byShort = types.Where(t => t.IsVisible).ToLookup(t => t.Name, TypeName);
            near = NearestName.Find(name[(name.LastIndexOf('.') + 1)..], byShort.Select(g => g.Key)).SelectMany(n => byShort[n]).Take(3).ToList();
        }
        string hint = near.Count > 0 ? $" Did you mean {string.Join(" or ", near)}?" : NearestName.Hint(name, names, "public type");
        throw new JobRefusedException($"{assembly.GetName().Name} has no type {name}.{hint}");
    }

    // Some types may need an assembly that is not there; the others are still good.
    private static List<Type> LoadableTypes(Assembly assembly)
    {
        try
        {
            return [.. assembly.GetTypes()];
        }
        catch (ReflectionTypeLoadException e)
        {
            return e.Types.OfType<Type>().ToList();
        }
    }

    private static string TypeName(Type type) => (type.FullName ?? type.Name).Replace('+', '.');
}
