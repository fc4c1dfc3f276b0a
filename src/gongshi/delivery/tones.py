"""The colour of each state's dot; the word always stands beside it."""

from gongshi.delivery.models import WorkOrderState

ORDER_TONES: dict[str, str] = {
    WorkOrderState.ISSUED: "orange",
    WorkOrderState.IN_PROGRESS: "blue",
    WorkOrderState.DELIVERED: "blue",
    WorkOrderState.ACCEPTED: "green",
}
