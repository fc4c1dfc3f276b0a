from django.apps import AppConfig


class AtlasConfig(AppConfig):
    name = "gongshi.atlas"
    verbose_name = "点位一张图"

    def ready(self) -> None:
        from gongshi.atlas import reception, rules  # noqa: F401
        from gongshi.catalogue.signals import cameras_changed
        from gongshi.identity.signals import department_merged

        cameras_changed.connect(reception.note_cameras, dispatch_uid="atlas.note_cameras")
        department_merged.connect(reception.take_over, dispatch_uid="atlas.take_over")
