"""The colours of the words of this room."""

from gongshi.quality.codes import Outcome, RunState

OUTCOME_TONES: dict[str, str] = {
    Outcome.INTACT: "green",
    Outcome.FAULTY: "orange",
    Outcome.OFFLINE: "red",
    Outcome.UNTESTED: "gray",
}
RUN_TONES: dict[str, str] = {RunState.RUNNING: "blue", RunState.DONE: "green"}
