using System.Runtime.InteropServices;

namespace Simul.Cli;

// A command that could not be started.
internal sealed class SpawnException(string command, int error)
    : Exception($"cannot start '{command}': {Marshal.GetPInvokeErrorMessage(error)}");
