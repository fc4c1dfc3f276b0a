from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "gongshi.notices"
    verbose_name = "消息"

    def ready(self) -> None:
        from gongshi.identity.signals import people_told
        from gongshi.notices.reception import tell

        people_told.connect(tell, dispatch_uid="notices.tell")
