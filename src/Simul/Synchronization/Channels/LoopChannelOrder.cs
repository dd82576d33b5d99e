namespace Simul;

/// <summary>Which of its items a <see cref="LoopChannel{T}"/> gives out next.</summary>
public enum LoopChannelOrder
{
    /// <summary>The oldest: a queue.</summary>
    Fifo,

    /// <summary>The newest: a stack.</summary>
    Lifo,

    /// <summary>The smallest; among equals the oldest.</summary>
    Priority,
}
