using System.Globalization;

namespace Simul.Processes.Sharing;

// What travels in place of a shared object: whose descriptor it is, and which object must stand behind it, so that a process
// id or a descriptor number that was used again is found out. IsOffer: the sender keeps it until it was opened.
internal readonly record struct SharedHandle(ProcessIdentity Owner, int Descriptor, Guid Id, bool IsOffer, int Part)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Owner.Pid}.{Owner.Started}.{Descriptor}.{Id:N}.{(IsOffer ? 1 : 0)}.{Part}");

    public static SharedHandle Parse(string text)
    {
        string[] parts = text.Split('.');
        if (parts.Length == 6
            && int.TryParse(parts[0], CultureInfo.InvariantCulture, out int pid)
            && uint.TryParse(parts[1], CultureInfo.InvariantCulture, out uint started)
            && int.TryParse(parts[2], CultureInfo.InvariantCulture, out int descriptor)
            && Guid.TryParseExact(parts[3], "N", out var id)
            && parts[4] is "0" or "1"
            && int.TryParse(parts[5], CultureInfo.InvariantCulture, out int part))
        {
            return new SharedHandle(new ProcessIdentity(started, pid), descriptor, id, parts[4] == "1", part);
        }
        throw new SharedObjectException($"'{text}' is not the handle of a shared object. Only handles that Simul has written can be opened.");
    }
}
