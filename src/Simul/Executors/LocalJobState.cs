namespace Simul;

// An item's life in an engine of this process, owned by the gate of its books (LocalBooks):
//
//   state     means                             leaves by
//   New       made, not accepted yet            accepted -> Queued; the executor is closed: nothing becomes of it
//   Queued    in the line                       a worker has room -> Running; given up, dropped -> Ended
//   Running   on a worker                       it ended, is past its limit or written off -> Ended;
//                                               it failed and is tried again -> Queued or Delayed
//   Delayed   waits for its next attempt        its time has come -> Queued; given up -> Ended
//   Ended     its outcome is fixed              (what runs of it may still run: LocalJob.OnWorker)
internal enum LocalJobState
{
    New,
    Queued,
    Running,
    Delayed,
    Ended,
}
