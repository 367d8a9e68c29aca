"""The product's settings for a run of the tests: a folder of its own, the database the run is for, no mail server."""

import atexit
import os
import shutil
import tempfile

# Read before anything of Django is: pytest-django loads the settings before it loads tests/conftest.py.
os.environ["ASCOLTO_DATA"] = tempfile.mkdtemp(prefix="ascolto-tests-")
os.environ["ASCOLTO_URL"] = "http://testserver"
os.environ["ASCOLTO_SMTP_URL"] = ""
if address := os.environ.get("ASCOLTO_TEST_DATABASE_URL"):
    os.environ["ASCOLTO_DATABASE_URL"] = address
atexit.register(shutil.rmtree, os.environ["ASCOLTO_DATA"], ignore_errors=True)

from ascolto.project.settings import *  # noqa: E402, F403
