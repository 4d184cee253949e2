"""The application as the server loads it: it refuses to start under a role that could bypass row security."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openilp.web.settings")
application = get_wsgi_application()

from openilp.safeguards.postgres.startup import check_role  # noqa: E402  (needs the settings loaded)

check_role()
