namespace Simul.Tests.Stress;

// One kind of thing that a task of the scenario does, over and over. An act owns what it does it with (a lock, a queue), so
// that it can watch over its promises.
//
// To add one: a class here under Acts/, and its name in Scenario's list. Whatever an act waits for must come to an end
// without other acts' help: give what may never come a timeout.
internal abstract class Act(Scenario scenario)
{
    public string Name => GetType().Name[..^nameof(Act).Length];

    protected Scenario Scenario => scenario;

    // Does it once, in the calling task. May be cancelled at any checkpoint; throws where a promise was broken.
    public abstract Task RunAsync(int depth);

    // At moments when nobody can go on: nobody waits for what is to be had.
    public virtual void CheckAtRest()
    {
    }

    // When everything has ended.
    public virtual void CheckAtEnd()
    {
    }

    protected int Roll(int sides) => scenario.Roll(sides);

    // Heads with one chance in so many.
    protected bool Once(int inSoMany) => scenario.Roll(inSoMany) == 0;

    protected static void Require(bool condition, string broken) => Scenario.Require(condition, broken);
}
