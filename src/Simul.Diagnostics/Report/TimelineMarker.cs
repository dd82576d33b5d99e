namespace Simul.Diagnostics;

/// <summary>A moment worth a line across the timeline.</summary>
/// <param name="At">When.</param>
/// <param name="Label">What, in two or three words: <c>she leaves</c>.</param>
public readonly record struct TimelineMarker(TimeSpan At, string Label);
