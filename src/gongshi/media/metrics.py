"""What the node counts, for Prometheus."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from gongshi.media.streams import Pull

if TYPE_CHECKING:
    from gongshi.media.node import MediaNode


Reading = Callable[[Pull], float]
STREAM_COUNTERS: tuple[tuple[str, str, Reading], ...] = (
    ("source_bytes", "Bytes from the camera.", lambda pull: pull.source.bytes),
    ("source_losses", "How often the camera was lost.", lambda pull: pull.source.losses),
    ("frames_sent", "Frames given to viewers.", lambda pull: pull.stream.frames_sent),
    ("frames_skipped", "Frames that slow viewers did not get.", lambda pull: pull.stream.frames_skipped),
    ("bytes_sent", "Bytes given to viewers.", lambda pull: pull.stream.bytes_sent),
)


class NodeCollector(Collector):
    """Reads the node when it is asked; nothing is counted twice."""

    def __init__(self, node: "MediaNode") -> None:
        self._node = node

    def collect(self) -> Iterator[Metric]:
        pulls = list(self._node.streams.pulls.values())
        viewers = self._node.playing.viewers
        yield GaugeMetricFamily("gongshi_media_streams", "Streams pulled.", value=len(pulls))
        yield GaugeMetricFamily(
            "gongshi_media_streams_online",
            "Streams with frames.",
            value=sum(p.stream.is_online for p in pulls),
        )
        yield GaugeMetricFamily("gongshi_media_viewers", "Connections of viewers.", value=len(viewers))
        hooks = CounterMetricFamily("gongshi_media_hooks", "Hooks by answer.", labels=["hook", "result"])
        for (hook, result), number in self._node.hooks.results.items():
            hooks.add_metric([hook, result], number)
        yield hooks
        for name, text, read in STREAM_COUNTERS:
            family = CounterMetricFamily(f"gongshi_media_{name}", text, labels=["app", "stream"])
            for pull in pulls:
                family.add_metric(list(pull.key), read(pull))
            yield family


def registry(node: "MediaNode") -> CollectorRegistry:
    """A registry of this node alone."""
    own = CollectorRegistry()
    own.register(NodeCollector(node))
    ProcessCollector(registry=own)
    return own
