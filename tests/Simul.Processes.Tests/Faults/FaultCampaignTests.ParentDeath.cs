using System.Diagnostics;

namespace Simul.Processes.Tests.Faults;

public sealed partial class FaultCampaignTests
{
    // kill -9 of a parent in the middle of everything.
    [Fact]
    public async Task Parent_KilledUnderLoad_TakesAllWorkersWithIt()
    {
        for (int round = s_stress ? 20 : 1; round > 0; round--)
        {
            using var folder = new Folder();
            string[] shared = SharedFiles();
            var start = WorkerHost.CreateStartInfo(typeof(FaultCampaignTests).Assembly.Location, typeof(LoadedParent), folder["report"]);
            start.Environment["TMPDIR"] = folder["tmp"]; // so that what is left there is known to be ours
            Directory.CreateDirectory(folder["tmp"]);
            using var parent = Process.Start(start)!;
            int[] ids;
            try
            {
                await Until.TrueAsync(() => File.Exists(folder["report"]), "everything flows", 30);
                ids = [.. File.ReadAllText(folder["report"]).Split(' ').Select(int.Parse)];
                Assert.Equal(6, ids.Length);
                Assert.All(ids, id => Assert.True(Until.Lives(id), $"process {id} has ended too early"));
            }
            finally
            {
                parent.Kill();
            }
            long killed = TimeProvider.System.GetTimestamp();
            foreach (int id in ids) await Until.GoneAsync(id, seconds: 5);
            var took = TimeProvider.System.GetElapsedTime(killed);
            Assert.True(took < TimeSpan.FromSeconds(1), $"the last worker went after {took}");
            await parent.WaitForExitAsync();
            // The parent's own runtime had its diagnostic files there, as every .NET process has.
            Assert.DoesNotContain(Directory.GetFileSystemEntries(folder["tmp"]), path => !path.Contains($"-{parent.Id}-", StringComparison.Ordinal));
            Assert.Equal(shared, SharedFiles());
        }
    }

    private static string[] SharedFiles() => [.. Directory.GetFileSystemEntries("/dev/shm").Order(StringComparer.Ordinal)];
}
