"""视频流查看 (§4.3.1, App. B): play sessions, tickets, and the media nodes that carry the pictures."""
