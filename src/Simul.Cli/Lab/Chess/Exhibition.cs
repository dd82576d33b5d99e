namespace Simul.Cli;

// Plays an exhibition on one engine.
internal abstract class Exhibition(string engine, string meaning)
{
    public string Engine => engine;

    // What the engine stands for, in one line for people.
    public string Meaning => meaning;

    // Whether she plays all boards at once. Then she may leave after her last move; alone, she sees the last reply.
    public virtual bool IsSimultaneous => true;

    // Whether --workers means something here.
    public virtual bool HasWorkers => false;

    public virtual int DefaultWorkers(ExhibitionPlan plan) => 1;

    // Null, or why this engine cannot play the plan here.
    public virtual string? Refuses(ExhibitionPlan plan) => null;

    public abstract Task<IReadOnlyList<GameRecord>> PlayAsync(ExhibitionPlan plan, int workers, TimeProvider clock, CancellationToken cancellation);

    public static IReadOnlyList<Exhibition> All { get; } =
    [
        new SyncExhibition(),
        new LoopExhibition("loop", "table to table: one master, async methods on one event loop", AsyncGame.PlayAsync),
        new LoopsExhibition(),
        new LoopExhibition("callbacks", "table to table, with callbacks", CallbackGame.PlayAsync),
        new LoopExhibition("generators", "table to table, with generators", GeneratorGame.PlayAsync),
        new GreenletExhibition(),
        new ThreadExhibition(),
        new ProcessExhibition(),
    ];
}
