"""Hash trees after RFC 6962, built leaf by leaf in the memory of one path. Knows no Django."""

import hashlib
import struct

LEAF, NODE = b"\x00", b"\x01"
_start_of_leaf = struct.Struct(">qq").pack


class Tree:
    """The root over leaves that come one by one; an empty tree has the digest of nothing."""

    def __init__(self, algorithm: str) -> None:
        self.hash = getattr(hashlib, algorithm, None) or (lambda data: hashlib.new(algorithm, data))
        self.count = 0
        # Roots of complete subtrees, largest first: one for each bit that is set in `count`.
        self.peaks: list[bytes] = []

    def add(self, row_id: int, position: int, entry_hash: bytes) -> None:
        """Add the leaf of one row; `entry_hash` as the ASCII text that the row keeps."""
        self.add_leaf(_start_of_leaf(row_id, position) + entry_hash)

    def add_leaf(self, content: bytes) -> None:
        """Add a leaf of id, position (eight bytes each) and digest."""
        hashed, peaks, count = self.hash, self.peaks, self.count
        digest: bytes = hashed(LEAF + content).digest()
        self.count = count + 1
        while count & 1:
            digest = hashed(NODE + peaks.pop() + digest).digest()
            count >>= 1
        peaks.append(digest)

    def root(self) -> str:
        """The root in hex over what was added so far."""
        if not self.peaks:
            return str(self.hash(b"").hexdigest())
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = self.hash(NODE + peak + root).digest()
        return root.hex()
