using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Simul.Docs.Tests;

// A C# block of a document as a program.
//
// A block is a whole program, or only declarations, or a fragment: one that begins with the comment
// "// in an async method on a loop" is put into one, on a clock of its own speed.
internal sealed class SampleProgram
{
    private const string Fragment = "// in an async method on a loop";

    // What ImplicitUsings adds to a project, and the library itself.
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Simul;
        """;

    // A file that is a program may begin with #: lines.
    private static readonly CSharpParseOptions s_language = new CSharpParseOptions(LanguageVersion.Latest).WithFeatures([new("FileBasedProgram", "true")]);

    private static readonly Lazy<IReadOnlyList<MetadataReference>> s_references = new(() =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path))]);

    private readonly CSharpCompilation _compilation;

    public SampleProgram(FencedBlock block)
        : this(block.Text.StartsWith(Fragment, StringComparison.Ordinal) ? $"EventLoop.Run(async () =>\n{{\n{block.Text}\n}});" : block.Text, block.ToString())
    {
    }

    public SampleProgram(string text, string name)
    {
        var tree = CSharpSyntaxTree.ParseText(text, s_language, name);
        IsProgram = tree.GetRoot().ChildNodes().OfType<GlobalStatementSyntax>().Any(statement => statement.Statement is not LocalFunctionStatementSyntax);
        _compilation = CSharpCompilation.Create(
            "Sample",
            [tree, CSharpSyntaxTree.ParseText(Usings, s_language)],
            s_references.Value,
            new CSharpCompilationOptions(IsProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
    }

    // Whether there is anything to run.
    public bool IsProgram { get; }

    // What is wrong with it, as the compiler says it.
    public IReadOnlyList<string> Errors =>
        [.. _compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning).Select(diagnostic => diagnostic.ToString())];

    // Writes it as a program that `dotnet exec` starts; what it uses must stand beside it.
    public void Save(string path)
    {
        var result = _compilation.Emit(path);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
    }

    // Runs it, in this process, and returns what it printed.
    public IReadOnlyList<string> Run(TimeSpan patience)
    {
        // A file, so that worker processes find it, too.
        var folder = Directory.CreateTempSubdirectory("simul-sample-");
        try
        {
            string path = Path.Combine(folder.FullName, "Sample.dll");
            Save(path);
            return Run(new AssemblyLoadContext(null).LoadFromAssemblyPath(path).EntryPoint!, patience);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string[] Run(MethodInfo entry, TimeSpan patience)
    {
        var console = Console.Out;
        var output = new StringWriter();
        Exception? failure = null;
        Console.SetOut(TextWriter.Synchronized(output));
        try
        {
            // A thread of its own has no synchronization context, like a program's.
            var thread = new Thread(() => failure = Try(() => entry.Invoke(null, entry.GetParameters().Length == 0 ? null : [Array.Empty<string>()]))) { IsBackground = true };
            thread.Start();
            Assert.True(thread.Join(patience), $"Still running after {patience}. It printed: {output}");
        }
        finally
        {
            Console.SetOut(console);
        }
        Assert.True(failure is null, $"{failure}\nIt printed: {output}");
        return output.ToString().ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static Exception? Try(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (TargetInvocationException e)
        {
            return e.InnerException;
        }
    }
}
