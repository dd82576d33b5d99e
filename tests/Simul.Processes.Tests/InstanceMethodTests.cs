using System.Globalization;

namespace Simul.Processes.Tests;

// Methods of objects: a copy of the object travels with each item.
public abstract class InstanceMethodTests(Way way) : PoolTests(way)
{
    private ProcessExecutor Pool() => Open(new ProcessExecutorOptions { Workers = 1 });

    [Fact]
    public async Task MethodOfARecord_SeesTheCopyOfItsObject()
    {
        await using var pool = Pool();
        var parser = new Parser(new NumberFormatInfo { NumberDecimalSeparator = "," }, ["km", "m"]);
        Assert.Equal((1.5, "km m"), await pool.SubmitAsync(parser.Parse, "1,5"));
        Assert.Equal((15, "km m"), await pool.SubmitAsync(parser.ParseAsync, "15"));
        Assert.Equal(["1.5 km m", "2.5 km m"], await pool.MapAsync(["1,5", "2,5"], parser.Describe).ToListAsync());
    }

    [Fact]
    public async Task MethodOfAClassOrStruct_ChangesItsCopyOnly()
    {
        await using var pool = Pool();
        var counter = new Counter { Step = 3 };
        counter.Add(3);
        Assert.Equal(15, await pool.SubmitAsync(counter.Add, 2));
        counter.Add(1);
        Assert.Equal(18, await pool.SubmitAsync(counter.Add, 2)); // the object as it is now
        Assert.Equal(12, counter.Total);
        var scale = new Scale(4);
        Assert.Equal(20, await pool.SubmitAsync(scale.Apply, 5));
        Assert.Equal(Enumerable.Range(0, 2000).Select(i => 4 * i), await pool.MapAsync(Enumerable.Range(0, 2000), scale.Apply).ToListAsync()); // many in a batch
        Assert.Equal(5, await pool.SubmitAsync("12345".IndexOf, 'x') + 6);
    }

    [Fact]
    public async Task MethodOfABaseOrAnInterface_RunsThatOfTheObjectsClass()
    {
        await using var pool = Pool();
        foreach (Animal animal in (Animal[])[new Dog("Rex", 2), new Cat("Tom")])
            Assert.Equal(animal.Speak(), await pool.SubmitAsync(animal.Speak));
        ISpeaker speaker = new Dog("Bello", 1);
        Assert.Equal("Bello: woof", await pool.SubmitAsync(speaker.Speak));
        var box = new Box<int> { Content = 7 };
        Assert.Equal("7 String x", await pool.SubmitAsync(box.Describe<string>, "x"));
    }

    [Fact]
    public async Task LocalFunctions_TravelWithWhatTheyCapture()
    {
        await using var pool = Pool();
        int factor = 6;
        string unit = "m";
        Assert.Equal("42 m", await pool.SubmitAsync(Scaled, 7));
        factor = 7;
        Assert.Equal("49 m", await pool.SubmitAsync(Scaled, 7));
        Assert.Equal(3, await pool.SubmitAsync(Three));

        string Scaled(int value) => $"{value * factor} {unit}";
        static int Three() => 3;
    }

    [Fact]
    public async Task ObjectThatCannotTravel_IsRefusedAtOnce_NamingWhatIsInTheWay()
    {
        await using var pool = Pool();
        async Task<string> Refused(Func<Task> submit) => (await Assert.ThrowsAsync<WorkSerializationException>(submit)).Message;
        string message = await Refused(() => pool.SubmitAsync(new Service("x").Run));
        Assert.Contains("The object of Simul.Processes.Tests.InstanceMethodTests+Service.Run", message);
        Assert.Contains("constructor parameter 'name'", message);
        Assert.Contains("Holder.Pool, of type Simul.ProcessExecutor,", await Refused(() => pool.SubmitAsync(new Holder { Pool = pool }.Run)));
        Assert.Contains("MemoryStream", await Refused(() => pool.SubmitAsync(new MemoryStream().ToArray)));
        Assert.Equal(0, pool.GetStatistics().TotalWorkersStarted);
    }

    [Fact]
    public async Task Child_RunsAMethodOfAnObject()
    {
        await using var child = ChildProcess.Start(new Counter { Step = 2 }.Add, 5);
        Assert.Equal(10, await child.Completion);
    }

    public sealed record Parser(NumberFormatInfo Format, string[] Units)
    {
        public (double, string) Parse(string text) => (double.Parse(text, NumberStyles.Float, Format), string.Join(' ', Units));

        public async Task<(double, string)> ParseAsync(string text, CancellationToken token)
        {
            await EventLoop.Delay(TimeSpan.FromMilliseconds(1));
            return Parse(text);
        }

        public string Describe(string text) => string.Create(CultureInfo.InvariantCulture, $"{Parse(text).Item1} {Parse(text).Item2}");
    }

    public sealed class Counter
    {
        public int Step { get; init; }

        public int Total { get; private set; }

        public int Add(int times)
        {
            return Total += Step * times;
        }
    }

    public readonly struct Scale(int factor)
    {
        public int Apply(int value) => value * factor;
    }

    public interface ISpeaker
    {
        string Speak();
    }

    public abstract record Animal(string Name) : ISpeaker
    {
        public abstract string Speak();
    }

    public sealed record Dog(string Name, int Barks) : Animal(Name)
    {
        public override string Speak() => $"{Name}:{string.Concat(Enumerable.Repeat(" woof", Barks))}";
    }

    public sealed record Cat(string Name) : Animal(Name)
    {
        public override string Speak() => $"{Name}: meow";
    }

    public sealed class Box<T>
    {
        public T? Content { get; set; }

        public string Describe<TOther>(TOther other) => $"{Content} {typeof(TOther).Name} {other}";
    }

    public sealed class Service(string name)
    {
        public string Run() => name;
    }

    public sealed class Holder
    {
        public ProcessExecutor? Pool { get; set; }

        public int Run() => 1;
    }
}

public sealed class SharedMemoryInstanceMethodTests() : InstanceMethodTests(Way.SharedMemory);

public sealed class SocketInstanceMethodTests() : InstanceMethodTests(Way.Sockets);
