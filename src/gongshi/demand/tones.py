"""The colour of each state's dot; the word always stands beside it."""

from gongshi.audit.kinds import AuditAction
from gongshi.demand.models import DeliveryResult, DemandState, LaneState, LineVerdict

DEMAND_TONES: dict[str, str] = {
    DemandState.IN_PROGRESS: "blue",
    DemandState.IN_USE: "green",
    DemandState.REFUSED: "red",
    DemandState.REJECTED: "red",
    DemandState.TERMINATED: "red",
}
LANE_TONES: dict[str, str] = {
    LaneState.CONFIRMING: "orange",
    LaneState.REVIEWING: "orange",
    LaneState.SUPPLEMENTING: "orange",
    LaneState.COORDINATING: "orange",
    LaneState.DELIVERING: "blue",
    LaneState.ACCEPTING: "blue",
    LaneState.IN_USE: "green",
    LaneState.REFUSED: "red",
    LaneState.REJECTED: "red",
    LaneState.TERMINATED: "red",
}
VERDICT_TONES: dict[str, str] = {
    LineVerdict.OPEN: "orange",
    LineVerdict.AGREED: "blue",
    LineVerdict.APPROVED: "green",
    LineVerdict.REFUSED: "red",
    LineVerdict.REJECTED: "red",
}
RESULT_TONES: dict[str, str] = {
    DeliveryResult.OPEN: "orange",
    DeliveryResult.DELIVERED: "green",
    DeliveryResult.UNDELIVERABLE: "red",
}
EVENT_TONES: dict[str, str] = {
    AuditAction.DemandSubmitted: "blue",
    AuditAction.LaneAgreed: "green",
    AuditAction.LaneApproved: "green",
    AuditAction.LaneDelivered: "green",
    AuditAction.LaneAccepted: "green",
    AuditAction.LaneRefused: "red",
    AuditAction.LaneRejected: "red",
    AuditAction.LaneTerminated: "red",
    AuditAction.LaneFailedAcceptance: "red",
    AuditAction.DemandWithdrawn: "orange",
}
