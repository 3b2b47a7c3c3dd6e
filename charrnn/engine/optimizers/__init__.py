"""From gradients to new weights: clip the gradients, choose the learning rate, update.

Read it in this order:

    clipping   limits the gradients, each by itself or all together
    schedule   the learning rate at each iteration: warm-up and decay
    sgd        stochastic gradient descent: the same step size for every weight
    adagrad    a step size for each weight, from all of its gradients; the textbook's
    rmsprop    the same, from its recent gradients
    adam       RMSProp with momentum
    by_name    which name in the settings means which of them

Each optimizer works in place on the flat vectors of parameters.py and allocates nothing after its
start. What it remembers is in its `accumulators`, under the names that saved files use.
"""
