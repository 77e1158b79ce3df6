"""`cost.py OUT COMMAND…`: runs the command without its output; writes its wall and CPU seconds and most memory to OUT as JSON."""
import json
import resource
import subprocess
import sys
import time

began = time.monotonic()
with open(f"{sys.argv[1]}.out", "wb") as out:
    status = subprocess.run(sys.argv[2:], stdin=subprocess.DEVNULL, stdout=out).returncode
wall = time.monotonic() - began
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as out:
    json.dump({"status": status, "wall": wall, "cpu": used.ru_utime + used.ru_stime, "megabytes": used.ru_maxrss / 1024}, out)
