"""`python -m gongshi.media` starts a media node."""

from gongshi.media.node import main

main()
