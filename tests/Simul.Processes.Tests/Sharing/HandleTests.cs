using System.Text.Json;
using Simul.Processes.Sharing;

namespace Simul.Processes.Tests.Sharing;

// Handles of things that are not there any more, or are something else by now.
public class HandleTests
{
    private static T Read<T>(SharedHandle handle) => JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(handle.ToString()))!;

    [Fact]
    public void Handle_WrittenAndRead_IsTheSame()
    {
        var handle = new SharedHandle(new ProcessIdentity(77, 12), 5, Guid.NewGuid(), IsOffer: true, Part: 1);
        Assert.Equal(handle, SharedHandle.Parse(handle.ToString()));
        Assert.Throws<SharedObjectException>(() => SharedHandle.Parse("12.77.5"));
    }

    [Fact]
    public void DescriptorUsedAgain_IsRefused()
    {
        using var other = SharedArray<int>.Create(1);
        var handle = other.Block.HandleFor(isOffer: false, part: 0) with { Id = Guid.NewGuid() };
        Assert.Contains("something else by now", Assert.Throws<SharedObjectException>(() => Read<SharedArray<int>>(handle)).Message);
    }

    [Fact]
    public void DescriptorOfAFileThatIsNone_IsRefused()
    {
        using var file = File.Open("/dev/null", FileMode.Open);
        var handle = new SharedHandle(ProcessIdentity.Current, (int)file.SafeFileHandle.DangerousGetHandle(), Guid.NewGuid(), false, 0);
        Assert.Contains("something else by now", Assert.Throws<SharedObjectException>(() => Read<SharedArray<int>>(handle)).Message);
    }

    [Fact]
    public void DescriptorClosed_IsRefused()
    {
        var handle = new SharedHandle(ProcessIdentity.Current, 19_999, Guid.NewGuid(), false, 0);
        Assert.Contains("disposed it", Assert.Throws<SharedObjectException>(() => Read<SharedArray<int>>(handle)).Message);
    }

    [Fact]
    public void ProcessIdUsedAgain_IsRefused()
    {
        using var array = SharedArray<int>.Create(1);
        var handle = array.Block.HandleFor(false, 0) with { Owner = new ProcessIdentity(ProcessIdentity.Current.Started + 1, Environment.ProcessId), Id = Guid.NewGuid() };
        Assert.Contains("has ended", Assert.Throws<SharedObjectException>(() => Read<SharedArray<int>>(handle)).Message);
    }

    [Fact]
    public async Task WrongType_IsRefused_WhetherItIsKnownOrNot()
    {
        using var array = SharedArray<int>.Create(1);
        Assert.Contains("System.Int32", Assert.Throws<SharedObjectException>(() => Read<SharedArray<long>>(array.Block.HandleFor(false, 0))).Message);
        Assert.Contains("shared array, not a shared lock", Assert.Throws<SharedObjectException>(() => Read<ProcessLock>(array.Block.HandleFor(false, 0))).Message);
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1 });
        string json = JsonSerializer.Serialize(array.Block.HandleFor(false, 0).ToString());
        Assert.Contains("System.Int32", await pool.SubmitAsync(OpenAsLong, json));
    }

    private static string OpenAsLong(string json)
    {
        try
        {
            JsonSerializer.Deserialize<SharedArray<long>>(json);
            return "opened";
        }
        catch (SharedObjectException error)
        {
            return error.Message;
        }
    }

    [Fact]
    public void DeclaredAsTheBase_IsRefusedWithTheReason()
    {
        using var array = SharedArray<int>.Create(1);
        Assert.Contains("its own type", Assert.Throws<NotSupportedException>(() => JsonSerializer.Serialize<SharedObject>(array)).Message);
    }
}
