using System.CommandLine;

namespace Simul.Cli;

// A verb of the tool: one class in its own folder under Verbs/, named in VerbList.
// Its action returns an exit code of Application, throws UsageException for bad usage that parsing cannot see, and heeds
// the token it is given: Ctrl+C cancels it, and the application turns that into 130.
internal interface IVerb
{
    Command Build();
}
