namespace Simul;

// What can be waited for, in words: what it is, and who holds it.
internal interface IWaitSubject
{
    string Describe();

    // The tasks that would have to let go of it, or to end, for the wait to end; as far as it knows them.
    IEnumerable<LoopTask> Holders => [];
}
