using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Simul.Cli.Jobs.Host;

// A user's method made callable with a line of text: converts, calls, and turns the result into JSON.
// Thread safety: immutable; call from any thread.
internal sealed class BoundMethod
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private static readonly MethodInfo s_unwrapTask = typeof(BoundMethod).GetMethod(nameof(UnwrapTask), BindingFlags.NonPublic | BindingFlags.Static)!;
    private static readonly MethodInfo s_unwrapValueTask = typeof(BoundMethod).GetMethod(nameof(UnwrapValueTask), BindingFlags.NonPublic | BindingFlags.Static)!;

    private readonly MethodInfo _method;
    private readonly Func<string, object?> _convert;
    private readonly Func<object, Task<object?>>? _unwrap; // null: synchronous
    private readonly Type _resultType;

    private BoundMethod(MethodInfo method, Func<string, object?> convert)
    {
        _method = method;
        _convert = convert;
        ArgumentType = method.GetParameters()[0].ParameterType;
        TakesToken = method.GetParameters().Length == 2;
        (_resultType, _unwrap) = Result(method.ReturnType);
        WarmUp();
    }

    public MethodInfo Method => _method;

    public Type ArgumentType { get; }

    public bool TakesToken { get; }

    public bool Asynchronous => _unwrap is not null;

    // Null when the shape cannot be called with a line; `why` then says what is wrong.
    public static BoundMethod? TryBind(MethodInfo method, out string why)
    {
        var parameters = method.GetParameters();
        bool token = parameters.Length == 2 && parameters[1].ParameterType == typeof(CancellationToken);
        why = method switch
        {
            { IsStatic: false } => "it is an instance method; make it static",
            { ContainsGenericParameters: true } => "it is generic; write a method with the types filled in",
            _ when parameters.Length == 0 => "it takes no parameter; it must take the input",
            _ when parameters.Length != 1 && !token => "it must take one parameter, and after it at most a CancellationToken",
            _ when method.ReturnType.IsByRef || method.ReturnType.IsByRefLike || method.ReturnType.IsPointer => $"{ClrNames.Of(method.ReturnType)} cannot leave the method",
            _ when IsAsyncStream(method.ReturnType) => $"{ClrNames.Of(method.ReturnType)} is a stream; return a list",
            _ => "",
        };
        if (why.Length > 0) return null;
        var convert = InputConverter.For(parameters[0].ParameterType);
        if (convert is null)
        {
            why = $"no line of text can become a {ClrNames.Of(parameters[0].ParameterType)}; take a string, a number, a FileInfo, or a type System.Text.Json reads";
            return null;
        }
        return new BoundMethod(method, convert);
    }

    // Throws what is wrong with the line, for the check of the first input.
    public object? Convert(string input) => _convert(input);

    public JobOutcome Invoke(string input, CancellationToken token) =>
        InvokeAsync(input, token).GetAwaiter().GetResult();

    // Completes synchronously for a synchronous method.
    public async Task<JobOutcome> InvokeAsync(string input, CancellationToken token)
    {
        object? argument;
        try
        {
            argument = _convert(input);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return new JobOutcome(null, e.GetType().FullName, $"'{Shown(input)}' cannot be read as {ClrNames.Of(ArgumentType)}: {e.Message}", 0, Final: true);
        }

        var clock = TimeProvider.System;
        long started = clock.GetTimestamp();
        try
        {
            object? result = _method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, TakesToken ? [argument, token] : [argument], null);
            if (_unwrap is not null)
                result = await _unwrap(result ?? throw new InvalidOperationException($"{ClrNames.Of(_method)} returned no task: null in place of {ClrNames.Of(_method.ReturnType)}."));
            // A lazy sequence does its work while it is written, so that counts as the method's time too.
            string json = Json(result);
            return new JobOutcome(json, null, null, clock.GetElapsedTime(started).TotalSeconds, Final: false);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            throw; // the engine knows why: a time limit, or the job was given up
        }
        catch (NotJsonException e)
        {
            return new JobOutcome(null, e.InnerException!.GetType().FullName, e.Message, clock.GetElapsedTime(started).TotalSeconds, Final: true);
        }
        catch (Exception e)
        {
            return new JobOutcome(null, e.GetType().FullName, e.Message, clock.GetElapsedTime(started).TotalSeconds, Final: false);
        }
    }

    public static string Shown(string input) => input.Length <= 80 ? input : input[..77] + "...";

    // The serializer examines a type on first use, for 10 ms and more: not at the first item's expense.
    private void WarmUp()
    {
        try
        {
            if (_resultType != typeof(void)) _ = JsonSerializer.Serialize((object?)null, s_json.GetTypeInfo(_resultType));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Null is no value of it, or it cannot be JSON at all; the items will say so.
        }
    }

    private string Json(object? result)
    {
        if (_resultType == typeof(void) || result is null) return "null";
        try
        {
            return JsonSerializer.Serialize(result, _resultType, s_json);
        }
        catch (Exception e) when (e is NotSupportedException or JsonException or InvalidOperationException)
        {
            throw new NotJsonException($"The result, a {ClrNames.Of(_resultType)}, cannot be written as JSON: {e.Message} Return plain data.", e);
        }
    }

    private static bool IsAsyncStream(Type type) =>
        type.GetInterfaces().Append(type).Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>));

    private static (Type Result, Func<object, Task<object?>>? Unwrap) Result(Type declared)
    {
        if (declared == typeof(Task)) return (typeof(void), static async task => { await (Task)task; return null; });
        if (declared == typeof(ValueTask)) return (typeof(void), static async task => { await (ValueTask)task; return null; });
        if (!declared.IsGenericType) return (declared, null);
        var open = declared.GetGenericTypeDefinition();
        var unwrap = open == typeof(Task<>) ? s_unwrapTask : open == typeof(ValueTask<>) ? s_unwrapValueTask : null;
        if (unwrap is null) return (declared, null);
        var inner = declared.GetGenericArguments()[0];
        return (inner, unwrap.MakeGenericMethod(inner).CreateDelegate<Func<object, Task<object?>>>());
    }

    private static async Task<object?> UnwrapTask<T>(object task) => await (Task<T>)task;

    private static async Task<object?> UnwrapValueTask<T>(object task) => await (ValueTask<T>)task;

    private sealed class NotJsonException(string message, Exception inner) : Exception(message, inner);
}
