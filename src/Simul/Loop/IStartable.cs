namespace Simul;

// What the ready queue can start in its own context without being told how: a task.
internal interface IStartable
{
    void StartOnLoop();
}
