namespace Simul;

// The result of a method that returns nothing, where a type is needed.
internal readonly struct NoResult;
