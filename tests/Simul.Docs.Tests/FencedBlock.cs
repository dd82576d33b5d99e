namespace Simul.Docs.Tests;

// A fenced block of a document. Line: that of its fence, from 1.
internal sealed record FencedBlock(string Document, int Line, string Text)
{
    public override string ToString() => $"{Document}:{Line}";
}
