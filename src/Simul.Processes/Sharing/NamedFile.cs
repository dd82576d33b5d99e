using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using Simul.Processes.Interop.Linux;

namespace Simul.Processes.Sharing;

// The file behind a named shared object, and the lock on it that says whether anybody uses it.
//
// Every user holds a shared lock (flock) on the file as long as it is open; the kernel lets go of it when the process ends,
// however it ends. So who gets the lock for himself alone knows that nobody else is there:
//
//   opening    alone, file empty     it is new: fill it, then share the lock
//              alone, file not empty all its users have died: remove it, begin anew
//              not alone             wait for the shared lock (whoever fills it has it alone), then look whether the file is
//                                    still there and was filled; if not, begin anew
//   closing    alone                 the last one: remove it
//
// A lock is not changed atomically: between alone and shared somebody else may be alone for a moment and remove the file. So
// each looks again, once he shares it, whether it still has its name.
//
// Not $XDG_RUNTIME_DIR: a service, a cron job and a login of the same user do not have the same one, or none, and would not
// find each other.
internal readonly unsafe struct NamedFile
{
    private const int MostNameLength = 200;
    private const int ReadyOffset = 20; // of BlockHeader.Ready
    private const uint BasicStatus = 0x7ff;

    // Descriptor and path of what is open, for the end of the process, which no finalizer sees.
    private static readonly ConcurrentDictionary<int, string> s_open = new();
    private static int s_prepared; // Interlocked

    private NamedFile(int descriptor, string path, bool isNew)
    {
        Descriptor = descriptor;
        Path = path;
        IsNew = isNew;
    }

    public static string Folder { get; } = string.Create(CultureInfo.InvariantCulture, $"/dev/shm/simul-{(OperatingSystem.IsLinux() ? Libc.GetUserId() : 0)}");

    public int Descriptor { get; }

    public string Path { get; }

    public bool IsNew { get; }

    public static NamedFile Open(string name, long size)
    {
        CheckName(name);
        Prepare();
        string path = System.IO.Path.Combine(Folder, name);
        while (true)
        {
            int descriptor = Libc.Open(path, Libc.ReadWrite | Libc.CreateFile | Libc.CloseOnExec | Libc.NoFollow, 0x180); // rw for the user alone
            if (descriptor < 0) throw Failed(name, "open");
            bool isNew = false;
            if (Lock(descriptor, Libc.LockExclusive | Libc.LockNonBlocking))
            {
                isNew = LinksOf(descriptor) > 0 && Libc.Seek(descriptor, 0, Libc.SeekEnd) == 0;
                if (!isNew && LinksOf(descriptor) > 0) Libc.Unlink(path);
            }
            else if (!Lock(descriptor, Libc.LockShared)) throw Failed(name, "flock");
            if (isNew)
            {
                // All of it at once: to run out of memory later would be a signal, not an error.
                int error = Libc.Allocate(descriptor, 0, size);
                if (error != 0)
                {
                    Libc.Unlink(path);
                    Libc.Close(descriptor);
                    throw new IOException($"The shared object '{name}' needs {size} bytes in {Folder}, which could not be had: {Marshal.GetPInvokeErrorMessage(error)}.");
                }
            }
            else if (LinksOf(descriptor) == 0 || !IsReady(descriptor))
            {
                Libc.Close(descriptor);
                continue;
            }
            s_open[descriptor] = path;
            return new NamedFile(descriptor, path, isNew);
        }
    }

    // Others may use it from now on. False if it has lost its name.
    public bool Share() => Lock(Descriptor, Libc.LockShared) && LinksOf(Descriptor) > 0;

    public void Close()
    {
        s_open.TryRemove(Descriptor, out _);
        if (IsNew) Libc.Unlink(Path);
        Libc.Close(Descriptor);
    }

    // Gives the lock up; the descriptor is closed next.
    public static void RemoveIfLast(int descriptor, string path)
    {
        s_open.TryRemove(descriptor, out _);
        if (Lock(descriptor, Libc.LockExclusive | Libc.LockNonBlocking) && LinksOf(descriptor) > 0) Libc.Unlink(path);
    }

    // Removes what dead processes have left behind, of whatever name.
    public static void RemoveAbandoned()
    {
        foreach (string path in Directory.GetFiles(Folder))
        {
            int descriptor = Libc.Open(path, Libc.ReadWrite | Libc.CloseOnExec | Libc.NoFollow | Libc.NonBlocking, 0);
            if (descriptor < 0) continue; // gone in between, or none of ours
            RemoveIfLast(descriptor, path);
            Libc.Close(descriptor);
        }
    }

    private static void CheckName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Length > MostNameLength || name[0] == '.' || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'))
            throw new ArgumentException($"'{name}' cannot be the name of a shared object. Use up to {MostNameLength} letters, digits, '-', '_' and '.', and no '.' in front.", nameof(name));
    }

    // Once in a process.
    private static void Prepare()
    {
        bool first = Interlocked.Exchange(ref s_prepared, 1) == 0;
        Libc.MakeFolder(Folder, 0x1C0); // rwx for the user alone; it may be there
        Libc.FileStatus status;
        if (Libc.Status(Libc.CurrentFolder, Folder, Libc.NoFollowPath, BasicStatus, &status) != 0) throw Failed(Folder, "statx");
        // Anybody may make a folder in /dev/shm, and one who owns ours could put his own files into it.
        if ((status.Mode & 0xF000) != 0x4000 || status.User != Libc.GetUserId() || (status.Mode & 0x3F) != 0)
            throw new SharedObjectException($"{Folder} must be a folder that belongs to this user and is closed to all others. Remove it, and it is made anew.");
        if (!first) return;
        RemoveAbandoned();
        AppDomain.CurrentDomain.ProcessExit += static (_, _) =>
        {
            foreach (var (descriptor, path) in s_open) RemoveIfLast(descriptor, path);
        };
    }

    private static bool Lock(int descriptor, int operation)
    {
        while (Libc.LockFile(descriptor, operation) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Libc.Interrupted) return false;
        }
        return true;
    }

    private static uint LinksOf(int descriptor)
    {
        Libc.FileStatus status;
        return Libc.Status(descriptor, "", Libc.EmptyPath, BasicStatus, &status) == 0 ? status.Links : 0;
    }

    private static bool IsReady(int descriptor)
    {
        int ready = 0;
        return Libc.Seek(descriptor, ReadyOffset, 0) == ReadyOffset && Libc.Read(descriptor, (byte*)&ready, sizeof(int)) == sizeof(int) && ready == 1;
    }

    private static IOException Failed(string name, string call) =>
        new($"The shared object '{name}' could not be opened in {Folder}: {call} failed: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
}
