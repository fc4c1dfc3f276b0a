"""Settings of a media node, from `GONGSHI_MEDIA_*`."""

import secrets
from urllib.parse import unquote, urlsplit

from aiohttp import encode_basic_auth
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class MediaSettings(BaseSettings):
    """Times in seconds, sizes in bytes."""

    model_config = SettingsConfigDict(env_prefix="GONGSHI_MEDIA_", extra="ignore")

    host: str = Field("127.0.0.1", description="Address on which the node listens.")
    port: int = Field(8081, description="Port of REST interface and sockets; 0 takes a free one.")
    secret: SecretStr = Field(description="Secret of the REST interface and of /metrics.")
    node_id: str = Field("gongshi-media", description="`mediaServerId` in hooks.")
    hook_url: SecretStr = Field(description="Base of the hooks: http://user:password@host:port/path.")
    hook_timeout_s: float = Field(5.0, description="How long the answer to a hook may take.")
    allowed_origins: str = Field(
        "", description="Origins whose pages may open a socket, by commas; empty: any."
    )
    forwarded_ip_header: str = Field(
        "", description="Header in which a trusted proxy names the viewer's address."
    )
    none_reader_delay_s: float = Field(20.0, description="How long a stream without viewers stays.")
    max_stream_wait_s: float = Field(
        15.0, description="How long a viewer waits for a stream that is not there."
    )
    keepalive_s: float = Field(5.0, description="Time between two on_server_keepalive.")
    source_timeout_s: float = Field(5.0, description="A source silent for so long is lost.")
    viewer_buffer: int = Field(
        4_000_000, description="Unsent bytes of one viewer beyond which frames are skipped."
    )
    gop_cache: int = Field(16_000_000, description="Bytes of frames kept for new viewers, per stream.")

    @property
    def origins(self) -> frozenset[str]:
        return frozenset(origin.strip() for origin in self.allowed_origins.split(",") if origin.strip())

    @property
    def hook_base(self) -> str:
        """The hook URL without its credentials."""
        parts = urlsplit(self.hook_url.get_secret_value())
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl().rstrip("/")

    @property
    def hook_headers(self) -> dict[str, str]:
        """The hook URL's credentials as a header; empty when it has none."""
        parts = urlsplit(self.hook_url.get_secret_value())
        if parts.username is None:
            return {}
        return {"Authorization": encode_basic_auth(unquote(parts.username), unquote(parts.password or ""))}


def new_boot() -> str:
    """A word that no other start of a node has."""
    return secrets.token_hex(8)
