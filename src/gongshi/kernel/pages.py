"""Pages that ask for something and do it: a form whose refusal stands next to the field at fault."""

from abc import ABC, abstractmethod
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import FormView

from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import GongshiError


class ActionFormView(FormView, ABC):  # type: ignore[type-arg]
    """Shows a form and hands what was typed to an action; what was typed stays when the action refuses.

    A room declares `title`, `verb`, `permission`, `form_class` and `perform`.
    """

    template_name = "kernel/form_page.html"
    # Django's form view takes PUT for POST, which nobody needs.
    http_method_names = ["get", "head", "post", "options"]
    title = ""
    sub = ""
    verb = "保存"
    back_label = "返回"
    permission: Any = None

    def dispatch(self, request: HttpRequest, *arguments: Any, **options: Any) -> Any:
        authorise(request.user, self.permission, self.thing())
        return super().dispatch(request, *arguments, **options)

    def thing(self) -> object | None:
        """What is acted on, from a query scoped to the person; None for something new."""
        return None

    def back_url(self) -> str:
        return "/"

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        say_what_is_missing(form)
        return form

    @abstractmethod
    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str] | HttpResponse:
        """Call the action. Gives the sentence that tells of success, and the address to go to.

        Or a page, where the answer holds what is shown only once.
        """

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            done = self.perform(form.cleaned_data)
        except GongshiError as error:
            self.show_refusal(form, error)
            response = self.form_invalid(form)
            response.status_code = error.status
            return response
        if isinstance(done, HttpResponse):
            return done
        sentence, url = done
        messages.success(self.request, sentence)
        return redirect(url)

    def show_refusal(self, form: Any, error: GongshiError) -> None:
        """Put what the action said next to the field at fault."""
        form.add_error(error.field if error.field in form.fields else None, error.message)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            **context,
            title=self.title,
            sub=self.sub,
            verb=self.verb,
            back_url=self.back_url(),
            back_label=self.back_label,
        )


def say_what_is_missing(form: forms.Form) -> None:
    """Name the field where Django only says that it is required; a field's own sentence stays."""
    for field in form.fields.values():
        if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
            chosen = isinstance(field, forms.ChoiceField | forms.ModelChoiceField | forms.FileField)
            field.error_messages["required"] = f"请{'选择' if chosen else '填写'}{field.label}。"
