from django.apps import AppConfig


class SavedFiltersConfig(AppConfig):
    name = "gongshi.saved_filters"
    verbose_name = "常用筛选"

    def ready(self) -> None:
        from gongshi.identity.signals import department_merged
        from gongshi.kernel.lists import bar_shown
        from gongshi.saved_filters import reception, rules  # noqa: F401

        bar_shown.connect(reception.show_menu, dispatch_uid="saved_filters.menu")
        department_merged.connect(reception.take_over, dispatch_uid="saved_filters.take_over")
