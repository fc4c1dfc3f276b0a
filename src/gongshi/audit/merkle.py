"""Hash trees after RFC 6962, built leaf by leaf in the memory of one path. Knows no Django."""

import hashlib
import struct

LEAF, NODE = b"\x00", b"\x01"


class Tree:
    """The root over leaves that come one by one; an empty tree has the digest of nothing."""

    def __init__(self, algorithm: str) -> None:
        self.hash = getattr(hashlib, algorithm, None) or (lambda data: hashlib.new(algorithm, data))
        self.count = 0
        # Roots of complete subtrees, largest first: one for each bit that is set in `count`.
        self.peaks: list[bytes] = []

    def add(self, row_id: int, position: int, entry_hash: bytes) -> None:
        """Add the leaf of one row; `entry_hash` as the ASCII text that the row keeps."""
        digest: bytes = self.hash(LEAF + struct.pack(">qq", row_id, position) + entry_hash).digest()
        count = self.count
        while count & 1:
            digest = self.hash(NODE + self.peaks.pop() + digest).digest()
            count >>= 1
        self.peaks.append(digest)
        self.count += 1

    def root(self) -> str:
        """The root in hex over what was added so far."""
        if not self.peaks:
            return str(self.hash(b"").hexdigest())
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = self.hash(NODE + peak + root).digest()
        return root.hex()
