namespace Simul.Processes.Pool;

// A job's life, owned by the pool's gate:
//
//   state      means                                       leaves by
//   New        made, not yet handed to the pool            Submit -> Queued; cancelled -> Ended
//   Queued     in the pool's queue                         a worker has room -> Assigned; cancelled -> Ended
//   Assigned   belongs to a worker that still starts       worker ready -> Sent; moved -> Queued; cancelled -> Ended
//   Sent       in the worker's pipe, nothing of it ran     Taken -> Running; Dropped, or worker gone -> Queued
//                                                          (-> Ended if it was cancelled)
//   Running    the worker said Taken                       Done, Failed, or worker gone -> Ended;
//                                                          failed, and there is a retry policy -> Delayed
//   Delayed    may be tried again, or will be              the policy says no, or cancelled -> Ended; its time has come -> Queued
//   Ended      its outcome is fixed
//
// Only Running items can be lost with a worker; only items that were never Taken go to another one. That is why nothing
// runs twice, unless its submitter asked for that with a retry policy.
internal enum JobState : byte
{
    New,
    Queued,
    Assigned,
    Sent,
    Running,
    Delayed,
    Ended,
}
