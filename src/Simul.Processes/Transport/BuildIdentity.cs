using System.Reflection;

namespace Simul.Processes.Transport;

// Which build of this library a process runs. Parent and worker must run the same: what they say to each other, and how values
// lie in memory, is that build's own affair. It differs when files are replaced under a running program, or when its folder
// holds a mixture.
//
// How it stands in a frame must never change, or two builds could not tell each other who they are.
internal readonly record struct BuildIdentity(Guid Build, string Version)
{
    private static readonly Guid s_build = typeof(BuildIdentity).Module.ModuleVersionId;

    public static BuildIdentity Own => new(s_build, OwnVersion.Text);

    public bool IsOwn => Build == s_build;

    public static BuildIdentity Read(ref FrameBody body) => new(new Guid(body.ReadBlock()), body.ReadString() ?? "");

    public void Write(FrameWriter frame)
    {
        frame.WriteBlock(Build.ToByteArray());
        frame.Write(Version);
    }

    // In the parent, of a worker of this build.
    public WorkerStartException Refused() =>
        new($"The worker process runs {this}, and this process {Own}. Were the program's files replaced while it ran, or does its folder hold files of two builds? Build anew, and start again.");

    public override string ToString() => $"Simul.Processes {Version} (build {Build})";

    // Apart: reading an attribute takes a worker a millisecond of its start, and it is asked for its version only when it is refused.
    private static class OwnVersion
    {
        public static readonly string Text =
            typeof(BuildIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "of unknown version";
    }
}
