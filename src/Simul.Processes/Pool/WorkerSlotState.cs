namespace Simul.Processes.Pool;

// A worker's life, owned by the pool's gate. A slot stands for one process; when it ends, a fresh slot takes its place.
//
//   state      means                                       leaves by
//   Empty      no process; started by the first job        job assigned -> Starting
//   Starting   the process comes up                        Ready -> Ready; process gone -> Gone
//   Ready      takes jobs                                  deaf item beside others -> Retiring; gone -> Gone;
//                                                          Stop, idle too long, or its last item was the last it may run, by
//                                                          their number, its age or its memory -> Stopping
//   Retiring   takes no more; ends after its last job      process gone -> Gone
//   Stopping   was asked to end                            process gone -> Gone
//   Gone       replaced by an Empty slot
internal enum WorkerSlotState
{
    Empty,
    Starting,
    Ready,
    Retiring,
    Stopping,
    Gone,
}
