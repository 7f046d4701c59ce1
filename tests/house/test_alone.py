"""plnapi starts and works with no onboarding in the process."""

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys
sys.modules["onboarding"] = None  # importing it would raise
from plnapi.app import create_app
from plnapi.config import Settings
from plnapi.db import Base, db
app = create_app(Settings.from_env())
with app.app_context():
    Base.metadata.create_all(db.engine)
client = app.test_client()
assert client.get("/livez").json == {"status": "ok"}
run = app.test_cli_runner().invoke
url = run(args=["accounts", "create-admin", "root@example.edu"]).output.strip()
token = run(args=["accounts", "token", "root@example.edu", "--scope", "courses:write", "--scope", "courses:read"]).output
headers = {"Authorization": "Bearer " + token.strip()}
course = {"code": "SUB101", "title": "Networks", "term": "2026", "starts_on": "2026-10-01", "ends_on": "2026-12-20",
          "time_zone": "Europe/Berlin"}
made = client.post("/api/v1/courses", json=course, headers=headers)
assert made.status_code == 201, made.text
assert client.get("/api/v1/courses", headers=headers).json["items"][0]["code"] == "SUB101"
assert client.post(f"/api/v1/courses/{made.json['id']}/open", headers=headers).status_code == 200
print("works alone")
"""


def test_plnapi_works_without_onboarding(tmp_path):
    root = Path(__file__).parents[2]
    python_path = os.pathsep.join([os.environ["PYTHONPATH"], str(root)])
    env = {"PLN_INSTANCE": str(tmp_path), "PATH": "/usr/bin:/bin", "PYTHONPATH": python_path}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=env, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.strip().endswith("works alone"), done.stderr[-2000:]
