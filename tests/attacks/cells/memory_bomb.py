"""Takes all the memory there is."""

import numpy as np

hoard = []
while True:
    hoard.append(np.ones(10**8))
