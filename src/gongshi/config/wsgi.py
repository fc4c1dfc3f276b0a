"""The portal as a WSGI application (served by granian with threads)."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongshi.config.settings")
application = get_wsgi_application()

from gongshi.atlas.following import follow  # noqa: E402 - rooms can be imported only now

follow()
# What is loaded by now stays: to look through it for garbage took 0.2 s of every sixtieth page.
gc.freeze()
