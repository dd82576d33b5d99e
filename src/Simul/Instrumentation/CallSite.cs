using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Simul;

// The place in the program's own code from which Simul was called: method, file and line. Some 20 microseconds, the first time
// in a file much more: for debug mode only.
internal static class CallSite
{
    private static readonly string s_own = typeof(CallSite).Assembly.GetName().Name!;

    // Null where the runtime cannot tell (a trimmed program without stack trace data).
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static string? OfCaller()
    {
        var trace = new StackTrace(1, fNeedFileInfo: false);
        for (int i = 0; i < trace.FrameCount; i++)
        {
            if (trace.GetFrame(i) is not { } frame || DiagnosticMethodInfo.Create(frame) is not { } method || IsOurs(method.DeclaringAssemblyName)) continue;
            // Looking up the line is the dear part, so only for this frame.
            var place = new StackFrame(i + 1, needFileInfo: true);
            string name = MethodNames.OfFrame(method.DeclaringTypeName ?? "", method.Name);
            return place.GetFileName() is { } file ? $"{name} in {file}:{place.GetFileLineNumber()}" : name;
        }
        return null;
    }

    private static bool IsOurs(string? assembly)
    {
        var name = assembly.AsSpan();
        int comma = name.IndexOf(',');
        if (comma >= 0) name = name[..comma];
        return name.SequenceEqual(s_own) || name.SequenceEqual("System.Private.CoreLib");
    }
}
