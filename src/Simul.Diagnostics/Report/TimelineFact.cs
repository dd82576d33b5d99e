namespace Simul.Diagnostics;

/// <summary>One cell of the summary table: what a section says about its run.</summary>
/// <param name="Label">The column. Sections that use the same label share the column.</param>
/// <param name="Value">The cell, already written as it shall be read.</param>
public readonly record struct TimelineFact(string Label, string Value);
