"""The portal as a WSGI application (served by granian with threads)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongshi.config.settings")
application = get_wsgi_application()
