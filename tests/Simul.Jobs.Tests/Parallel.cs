// These tests start processes and measure: one after the other, and PATH is changed by one of them.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
