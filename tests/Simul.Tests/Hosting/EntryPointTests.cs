using System.Reflection;

namespace Simul.Tests.Hosting;

// Every public method of a loop, after its end and on a wrong thread. New ones are tested without being asked for; one that
// is meant to work there is named here.
public class EntryPointTests
{
    private static readonly string[] s_anyThread = ["Post", "PostOnce", "SubmitAsync", "HoldOpen", "GetTaskTreeAsync", "DumpTasks"];

    private static readonly string[] s_afterTheEnd = ["DumpTasks"];

    public static TheoryData<string> InstanceMethods =>
        [.. typeof(EventLoop).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(method => !method.IsSpecialName).Select(method => method.ToString()!).Distinct()];

    private static MethodInfo Find(string signature)
    {
        var method = typeof(EventLoop).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Single(method => method.ToString() == signature);
        return method.IsGenericMethodDefinition
            ? method.MakeGenericMethod([.. method.GetGenericArguments().Select(argument => argument.GetGenericParameterConstraints().Length > 0 ? typeof(Resource) : typeof(object))])
            : method;
    }

    [Theory]
    [MemberData(nameof(InstanceMethods))]
    public void Method_AfterTheEnd_ThrowsClosed(string signature)
    {
        var method = Find(signature);
        if (s_afterTheEnd.Contains(method.Name)) return;
        EventLoop? ended = null;
        Run(() =>
        {
            ended = EventLoop.Current;
            return Task.CompletedTask;
        });
        // From nowhere, and from a task of another loop.
        Says(Assert.IsType<EventLoopClosedException>(ErrorOf(ended!, method)), "has ended");
        Run(() =>
        {
            Assert.IsType<EventLoopClosedException>(ErrorOf(ended!, method));
            return Task.CompletedTask;
        });
    }

    [Theory]
    [MemberData(nameof(InstanceMethods))]
    public void Method_OnAWrongThread_ThrowsAffinity_OrWorks(string signature)
    {
        var method = Find(signature);
        Run(async () =>
        {
            var loop = EventLoop.Current;
            using var open = loop.HoldOpen();
            var error = await Task.Run(() => ErrorOf(loop, method));
            if (s_anyThread.Contains(method.Name)) Assert.Null(error);
            else Assert.IsType<LoopAffinityException>(error);
        });
    }

    // Thrown at once or by the task it returns.
    private static Exception? ErrorOf(EventLoop loop, MethodInfo method)
    {
        var arguments = method.GetParameters().Select(parameter => ArgumentFor(parameter, method)).ToArray();
        try
        {
            object? result = method.Invoke(loop, BindingFlags.DoNotWrapExceptions, null, arguments, null);
            return (result as Task)?.Exception?.InnerException;
        }
        catch (Exception error)
        {
            return error;
        }
    }

    private static object? ArgumentFor(ParameterInfo parameter, MethodInfo method)
    {
        var type = parameter.ParameterType;
        if (type == typeof(Action)) return new Action(static () => { });
        if (type == typeof(Func<Task>)) return new Func<Task>(static () => Task.CompletedTask);
        if (type == typeof(Func<Task<object>>)) return new Func<Task<object>>(static () => Task.FromResult(new object()));
        if (type == typeof(Func<object, Task>)) return new Func<object, Task>(static _ => Task.CompletedTask);
        if (type == typeof(Func<object, Task<object>>)) return new Func<object, Task<object>>(static x => Task.FromResult(x));
        if (type == typeof(TimeSpan)) return Sec(1);
        if (type == typeof(Resource) || type == typeof(IAsyncDisposable)) return new Resource();
        if (type == typeof(object)) return new object();
        if (parameter.HasDefaultValue) return parameter.DefaultValue ?? (type.IsValueType ? Activator.CreateInstance(type) : null);
        throw new Xunit.Sdk.XunitException($"{method}: teach this test how to make a {type} for '{parameter.Name}'.");
    }

    private sealed class Resource : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => default;
    }

    [Fact]
    public void TimeProvider_AfterTheEnd_MakesNoTimers()
    {
        TimeProvider? provider = null;
        ITimer? timer = null;
        Run(() =>
        {
            provider = EventLoop.Current.TimeProvider;
            timer = provider.CreateTimer(_ => { }, null, Sec(1), Timeout.InfiniteTimeSpan);
            return Task.CompletedTask;
        });
        Assert.Throws<EventLoopClosedException>(() => provider!.CreateTimer(_ => { }, null, Sec(1), Timeout.InfiniteTimeSpan));
        Assert.False(timer!.Change(Sec(1), Timeout.InfiniteTimeSpan));
        timer.Dispose();
        Assert.NotEqual(default, provider!.GetUtcNow());
    }

    [Fact]
    public void Run_FromInsideALoop_IsRefusedByEveryWay() => Run(() =>
    {
        Says(Assert.Throws<InvalidOperationException>(() => EventLoop.Run(() => Task.CompletedTask)), "do not nest", "EventLoopThread");
        Assert.Throws<InvalidOperationException>(() => EventLoop.Run(() => Task.FromResult(1)));
        Assert.Throws<InvalidOperationException>(() => EventLoop.Open());
        return Task.CompletedTask;
    });
}
