"""A page that takes a workbook and tells what is wrong in it by row and column."""

from abc import abstractmethod
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from gongshi.kernel.exporting import CONTENT_TYPES
from gongshi.kernel.pages import ActionFormView
from gongshi.kernel.problems import WorkbookRefused


class WorkbookPage(ActionFormView):
    template_name = "identity/import.html"
    refusal: WorkbookRefused | None = None

    @abstractmethod
    def template_url(self) -> str:
        """Where the empty workbook is."""

    @abstractmethod
    def take(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        """What `perform` does, with a refused workbook's problems shown below the form."""

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        try:
            return self.take(cleaned)
        except WorkbookRefused as refusal:
            self.refusal = refusal
            raise

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context, refusal=self.refusal, template_url=self.template_url())


def download(workbook: bytes, name: str) -> HttpResponse:
    """A workbook as a file of this name."""
    response = HttpResponse(workbook, content_type=CONTENT_TYPES["xlsx"])
    disposition = content_disposition_header(as_attachment=True, filename=f"{name}.xlsx")
    response.headers["Content-Disposition"] = disposition or "attachment"
    return response
