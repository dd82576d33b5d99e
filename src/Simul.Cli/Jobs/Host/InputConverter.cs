using System.Globalization;
using System.Numerics;
using System.Reflection;
using System.Text.Json;

namespace Simul.Cli.Jobs.Host;

// Makes a method's argument from an input line. In this order: the line itself; files, folders and addresses; names of an
// enum; whatever can parse itself (numbers, dates, Guid, the user's own IParsable types), always in the invariant
// culture; and for the rest System.Text.Json.
internal static class InputConverter
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    private static readonly MethodInfo s_parse = typeof(InputConverter).GetMethod(nameof(Parse), BindingFlags.NonPublic | BindingFlags.Static)!;

    // Null: no line of text can become this type.
    public static Func<string, object?>? For(Type type)
    {
        if (type == typeof(string)) return line => line;
        if (Nullable.GetUnderlyingType(type) is { } inner) return For(inner);
        if (type == typeof(FileInfo)) return line => new FileInfo(line);
        if (type == typeof(DirectoryInfo)) return line => new DirectoryInfo(line);
        if (type == typeof(Uri)) return line => new Uri(line, UriKind.RelativeOrAbsolute);
        if (type.IsEnum) return line => Named(type, line);
        // "1,5" is no number; the type's own Parse would read it as fifteen.
        if (type == typeof(double)) return line => double.Parse(line, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (type == typeof(float)) return line => float.Parse(line, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (type == typeof(decimal)) return line => decimal.Parse(line, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (type == typeof(Half)) return line => Half.Parse(line, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (type == typeof(Complex) || !IsParsable(type)) return CanBeJson(type) ? line => JsonSerializer.Deserialize(line, type, s_json) : null;
        return s_parse.MakeGenericMethod(type).CreateDelegate<Func<string, object?>>();
    }

    private static bool IsParsable(Type type) =>
        type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IParsable<>) && i.GetGenericArguments()[0] == type);

    private static bool CanBeJson(Type type) =>
        !type.IsByRef && !type.IsByRefLike && !type.IsPointer && !type.ContainsGenericParameters
        && !typeof(Delegate).IsAssignableFrom(type) && !typeof(Stream).IsAssignableFrom(type) && !typeof(MemberInfo).IsAssignableFrom(type)
        && type != typeof(CancellationToken) && type != typeof(nint) && type != typeof(nuint);

    private static object? Parse<T>(string line)
        where T : IParsable<T> => T.Parse(line, CultureInfo.InvariantCulture);

    private static object Named(Type type, string line)
    {
        if (Enum.TryParse(type, line.Trim(), ignoreCase: true, out object? value)
            && (Enum.IsDefined(type, value) || type.IsDefined(typeof(FlagsAttribute), false))) return value;
        throw new FormatException($"{ClrNames.Of(type)} has: {string.Join(", ", Enum.GetNames(type))}.");
    }
}
