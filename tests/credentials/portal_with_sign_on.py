"""The portal's addresses where single sign-on is set up."""

from gongshi.config import urls
from gongshi.credentials.single_sign_on import SIGN_ON_URLS

urlpatterns = [*urls.urlpatterns, *SIGN_ON_URLS]
