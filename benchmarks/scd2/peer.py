"""What is in the environment of another tool."""

import json
import subprocess
from pathlib import Path

VERSIONS = """
import importlib.metadata, json, platform, sys
found = {"python": platform.python_version()}
for name in sys.argv[1:]:
    try:
        found[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        pass
print(json.dumps(found))
"""


def versions(environment: Path, *packages: str) -> dict[str, str]:
    done = subprocess.run([str(environment / "bin/python"), "-c", VERSIONS, *packages], stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, str] = json.loads(done.stdout)
    return found
