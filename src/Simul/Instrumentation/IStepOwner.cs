namespace Simul;

// What the steps in a context belong to; so that the recorder need not look up to the floor of the tasks. Any thread.
internal interface IStepOwner
{
    string StepName { get; }

    int StepTask { get; }
}
