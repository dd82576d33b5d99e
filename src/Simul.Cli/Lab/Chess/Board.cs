namespace Simul.Cli;

// One game. Every engine and every kind of suspension plays this same code and differs only in how it waits between the
// three calls. The times are read off the clock it is given.
internal sealed class Board
{
    private readonly ExhibitionPlan _plan;
    private readonly TimeProvider _clock;
    private readonly long _start;
    private readonly List<BoardSpan>? _spans;
    private State _state = State.HerTurn;
    private TimeSpan _since;
    private TimeSpan _lastMove;
    private TimeSpan _lastReply;
    private int _moves;
    private int _replies;

    // Start: the clock's stamp when the exhibition began, from which all boards count.
    public Board(int number, ExhibitionPlan plan, TimeProvider clock, long start)
    {
        Number = number;
        _plan = plan;
        _clock = clock;
        _start = start;
        _spans = plan.KeepsSpans ? new List<BoardSpan>(plan.Pairs * 2) : null;
    }

    private enum State
    {
        HerTurn,
        SheThinks,
        OpponentThinks,
    }

    public int Number { get; }

    // Who plays it, from 1.
    public int Master { get; init; } = 1;

    public bool IsOver => _replies == _plan.Pairs;

    public GameRecord Record => new(Number, _moves, _lastMove, _lastReply, _spans);

    private TimeSpan Now => _clock.GetElapsedTime(_start);

    // She comes to the board.
    public void SitDown()
    {
        Expect(State.HerTurn, State.SheThinks);
        _since = Now;
    }

    // She has moved and leaves.
    public void Move()
    {
        Expect(State.SheThinks, State.OpponentThinks);
        _moves++;
        _lastMove = Now;
        _spans?.Add(new BoardSpan(true, Master, _since, _lastMove));
    }

    // The opponent has moved.
    public void Reply()
    {
        Expect(State.OpponentThinks, State.HerTurn);
        _replies++;
        _lastReply = Now;
        _spans?.Add(new BoardSpan(false, Master, _lastMove, _lastReply));
    }

    // Chess has turns: an engine that mixes them up plays something else.
    private void Expect(State now, State next)
    {
        if (_state != now || IsOver) throw new SimulInternalException($"board {Number}: expected {now}, but it is {(IsOver ? "over" : _state)}");
        _state = next;
    }
}
