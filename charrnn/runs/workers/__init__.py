"""Training runs in processes of their own, one per run.

    supervisor      one for each server: decides if it is the first, and starts the workers here
    decider         what one server decides for all: what trains where, what waits, what pauses
    queue           who has a turn, and which runs are paused automatically
    observations    how long nothing has been heard of a worker, a server or a page
    pool            the workers of one server: started, replaced when they fail, stopped
    launcher        the interface of what starts workers and stops them
    local_launcher  starts them as processes of this machine
    cluster         starts them on the machines of a Dask cluster
    cluster_task    what a machine of the cluster does for a run
    process         the worker process: its priority, its lease, its errors and its end
    worker          trains one run: reads what the pages request, trains, publishes progress
    recorder        takes its steps, and records losses, gauges, samples, evaluations and states
    good_state      the last state before training diverged
    best_state      the state with the lowest held-out loss
    checkpointing   when snapshots and checkpoints are stored
    estimate        how long runs will take, measured before they start
    cores           how many processor cores there are to use
    blas            environment variables that limit NumPy to one thread

A worker and a page never talk to each other directly; both read and write the store.
"""
