using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Simul.Processes.Tests;

// A serializer of the application's own, on both sides.
public abstract class SerializerTests(Way way) : PoolTests(way)
{
    private ProcessExecutor Pool(WorkSerializer serializer) => Open(new ProcessExecutorOptions { Workers = 1, Serializer = serializer });

    [Fact]
    public async Task AnotherSerializer_WritesAndReadsWhatIsNotRaw()
    {
        await using var pool = Pool(new Marking());
        string text = "captured";
        Note captured = new(text);
        Assert.Equal("by hand", (await pool.SubmitAsync(Jobs.Echo<Note>, new Note("by hand"))).Text);
        Assert.Equal("captured!", await pool.SubmitAsync(() => captured.Text + "!"));
        Assert.Equal("object", ((Note)await pool.SubmitAsync(Jobs.Echo<object>, (object)new Note("object"))).Text);
        Assert.Equal("target", await pool.SubmitAsync(new Note("target").Self));
        Assert.True(await pool.SubmitAsync(() => Marking.Used > 0)); // in the worker, too
        Assert.True(Marking.Used > 0);
        int before = Marking.Used;
        Assert.Equal(new[] { 1, 2 }, await pool.SubmitAsync(Jobs.Echo<int[]>, new[] { 1, 2 }));
        Assert.Equal("text", await pool.SubmitAsync(Jobs.Echo<string>, "text"));
        Assert.Equal(before, Marking.Used); // raw memory needs none
    }

    [Fact]
    public async Task AnotherSerializer_LeavesProgressAndSharedObjectsToTheLibrary()
    {
        await using var pool = Pool(new Marking());
        var seen = new List<string>();
        await pool.SubmitAsync(Report, (IProgress<Note>)new Collects(seen));
        Assert.Equal(["half", "whole"], seen);
        using var shared = SharedArray<int>.Create(3);
        await pool.SubmitAsync(Fill, shared);
        Assert.Equal([7, 7, 7], shared.Span.ToArray());
    }

    [Fact]
    public async Task Errors_NameTheSerializer()
    {
        await using var pool = Pool(new Marking());
        var refused = await Assert.ThrowsAsync<WorkSerializationException>(() => pool.SubmitAsync(Jobs.Echo<List<string>>, new List<string> { "a" }));
        Assert.Contains("marking", refused.Message);
        Assert.Contains("knows notes only", refused.Message);
        await using var broken = Pool(new BreaksInWorkers());
        var unmade = await Assert.ThrowsAsync<WorkSerializationException>(() => broken.SubmitAsync(Jobs.Echo<Note>, new Note("a")));
        Assert.Contains(nameof(BreaksInWorkers), unmade.Message);
        Assert.Contains("no serializer today", unmade.Message);
        Assert.Equal(9, await broken.SubmitAsync(Jobs.Square, 3));
        var argument = Assert.Throws<ArgumentException>(() => new ProcessExecutorOptions { Serializer = new NeedsMore(1) });
        Assert.Contains("parameterless", argument.Message);
        Assert.Throws<ArgumentException>(() => new ChildProcessOptions { Serializer = new NeedsMore(1) });
    }

    [Fact]
    public async Task DerivedJson_UsesItsOptions()
    {
        await using var pool = Pool(new OurJson());
        Assert.Equal("secret", (await pool.SubmitAsync(Jobs.Echo<Sealed>, Sealed.Of("secret"))).Text);
        Assert.Equal((1, "a"), await pool.SubmitAsync(Jobs.Echo<(int, string)>, (1, "a")));
        var ring = new RefusalTests.Node { Name = "a" };
        ring.Next = ring;
        var copy = await pool.SubmitAsync(Jobs.Echo<RefusalTests.Node>, ring);
        Assert.Same(copy, copy.Next);
        var refused = await Assert.ThrowsAsync<WorkSerializationException>(() => pool.SubmitAsync(Jobs.Echo<Throws>, new Throws()));
        Assert.Contains("System.Text.Json (OurJson)", refused.Message);
    }

    [Fact]
    public async Task GeneratedJson_IsUsedForWhatItKnows()
    {
        await using var pool = Pool(new JsonWorkSerializer<NoteContext>());
        Assert.Equal("generated", (await pool.SubmitAsync(Jobs.Echo<Note>, new Note("generated"))).Text);
        Assert.Equal(new[] { "a" }, await pool.SubmitAsync(Jobs.Echo<List<string>>, new List<string> { "a" })); // not in the context
        Assert.Equal(3, (await pool.SubmitAsync(Jobs.Echo<RefusalTests.Square>, new RefusalTests.Square(3))).Side);
    }

    [Fact]
    public async Task Child_UsesItsOwn()
    {
        await using var child = ChildProcess.Start(Jobs.Echo<Note>, new Note("child"), new ChildProcessOptions { Serializer = new Marking() });
        Assert.Equal("child", (await child.Completion).Text);
    }

    private static void Report(IProgress<Note> progress)
    {
        progress.Report(new Note("half"));
        progress.Report(new Note("whole"));
    }

    private static void Fill(SharedArray<int> array) => array.Span.Fill(7);

    public sealed record Note(string Text)
    {
        public string Self() => Text;
    }

    public sealed class Marking : WorkSerializer
    {
        private static int s_used;

        public static int Used => Volatile.Read(ref s_used);

        public override void Write<T>(IBufferWriter<byte> target, T value)
        {
            if (value is not Note note) throw new NotSupportedException("It knows notes only.");
            Interlocked.Increment(ref s_used);
            target.Write("note:"u8);
            target.Write(System.Text.Encoding.UTF8.GetBytes(note.Text));
        }

        public override T Read<T>(ReadOnlySpan<byte> bytes)
        {
            if (!bytes.StartsWith("note:"u8)) throw new InvalidDataException("This is no note.");
            Interlocked.Increment(ref s_used);
            return (T)(object)new Note(System.Text.Encoding.UTF8.GetString(bytes[5..]));
        }

        public override string ToString() => "marking";
    }

    public sealed class BreaksInWorkers : WorkSerializer
    {
        public BreaksInWorkers()
        {
            if (Environment.GetCommandLineArgs().Any(a => a.Contains("WorkerHost", StringComparison.Ordinal))) throw new InvalidOperationException("There is no serializer today.");
        }

        public override void Write<T>(IBufferWriter<byte> target, T value) => target.Write("x"u8);

        public override T Read<T>(ReadOnlySpan<byte> bytes) => throw new NotSupportedException();
    }

    public sealed class NeedsMore(int level) : JsonWorkSerializer(json => json.MaxDepth = level);

    public sealed class OurJson() : JsonWorkSerializer(static json =>
    {
        json.Converters.Add(new SealedConverter());
        json.ReferenceHandler = ReferenceHandler.Preserve;
    });

    // No way in but through its converter.
    public sealed class Sealed
    {
        private Sealed(string text) => Text = text;

        public string Text { get; }

        public static Sealed Of(string text) => new(text);
    }

    public sealed class SealedConverter : JsonConverter<Sealed>
    {
        public override Sealed Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Sealed.Of(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, Sealed value, JsonSerializerOptions options) => writer.WriteStringValue(value.Text);
    }

    public sealed class Throws
    {
        public int Number
        {
            get => throw new InvalidOperationException("not to be read");
            set => _ = value;
        }
    }

    private sealed class Collects(List<string> seen) : IProgress<Note>
    {
        public void Report(Note value) => seen.Add(value.Text);
    }
}

[JsonSerializable(typeof(SerializerTests.Note))]
internal sealed partial class NoteContext : JsonSerializerContext;

public sealed class SharedMemorySerializerTests() : SerializerTests(Way.SharedMemory);

public sealed class SocketSerializerTests() : SerializerTests(Way.Sockets);
