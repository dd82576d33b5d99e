namespace Simul;

// What a worker's thread does with its job, whatever the job's result.
internal interface IThreadJob
{
    ThreadWorker? Worker { get; set; }

    void JoinClock();

    void LeaveClock();

    void Run(ThreadWorker worker);
}
