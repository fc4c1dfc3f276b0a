"""A pane as a browser would have it: its own socket, in its own thread."""

import asyncio
import threading

import aiohttp


class Pane:
    """Counts what comes over a socket until the node closes it or `leave()`."""

    def __init__(self, url: str) -> None:
        self.media_bytes = 0
        self.is_open = False
        self.is_over = False
        self._loop = asyncio.new_event_loop()
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._watch(url),))
        self._thread.start()

    def leave(self) -> None:
        if self._socket is not None and not self.is_over:
            asyncio.run_coroutine_threadsafe(self._socket.close(), self._loop).result(5)
        self._thread.join(10)

    async def _watch(self, url: str) -> None:
        async with aiohttp.ClientSession() as http:
            try:
                async with http.ws_connect(url, max_msg_size=0) as self._socket:
                    self.is_open = True
                    async for message in self._socket:
                        if message.type is aiohttp.WSMsgType.BINARY:
                            self.media_bytes += len(message.data)
            except aiohttp.ClientError:
                pass
            finally:
                self.is_over = True
