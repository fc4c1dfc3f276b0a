"""Every setting of an installation: one environment variable each, with a default for one machine."""

import json
import os
import secrets
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRET_NAMES = ("secret_key", "field_key", "seal_key", "media_secret", "hook_secret")


class Environment(BaseSettings):
    """Settings read from `GONGSHI_*` (and `DATABASE_URL`, `DATABASE_OWNER_URL`)."""

    model_config = SettingsConfigDict(env_prefix="GONGSHI_", extra="ignore", populate_by_name=True)

    var: Path = Field(Path("var"), description="Folder of all state: database, recordings, secrets.")
    host: str = Field("127.0.0.1", description="Address on which the portal listens.")
    port: int = Field(8000, description="Port of the portal.")
    media_host: str = Field("127.0.0.1", description="Address on which the media node listens.")
    media_port: int = Field(8081, description="Port of the media node.")
    media_node: str = Field("node-1", description="Code under which this machine's media node is registered.")
    public_hosts: str = Field(
        "localhost,127.0.0.1,[::1]",
        description="Host names by which browsers reach the portal, separated by commas.",
    )
    public_origin: str = Field(
        "",
        description="Address of the portal in browsers: https://portal.example. Empty: hosts and port.",
    )
    media_public_url: str = Field(
        "",
        description="Address of the media node in browsers, such as wss://portal.example. Empty: its port.",
    )
    https: bool = Field(False, description="Whether browsers come by HTTPS: cookies are then marked secure.")
    database_url: str = Field(
        "",
        alias="DATABASE_URL",
        description="PostgreSQL >= 15, application role. Empty: the embedded server.",
    )
    database_owner_url: str = Field(
        "", alias="DATABASE_OWNER_URL", description="The role that owns the tables; used for migrations only."
    )
    database_keeper_url: str = Field(
        "",
        alias="DATABASE_KEEPER_URL",
        description="The role that drops old months of the record, for jobs only. Empty: none is dropped.",
    )
    debug: bool = Field(False, description="Show tracebacks in the browser. Never in service.")
    secret_key: str = Field("", description="Signs sessions. Generated once when empty.")
    field_key: str = Field(
        "", description="Encrypts personal data and camera secrets, 32 bytes in hex. Generated once."
    )
    seal_key: str = Field(
        "", description="Signs the seals of the record (Ed25519), 32 bytes in hex. Generated once."
    )
    former_seal_keys: str = Field(
        "",
        description="Public keys of earlier seal keys that are still trusted, in hex, separated by commas.",
    )
    seal_outlets: str = Field(
        "",
        description="Where each day's seal is told: file:///…, syslog+tcp://…, mailto:…, by commas.",
    )
    mail_server: str = Field(
        "", description="Server for mailto: outlets: smtp://user:password@host:25 or smtps://…:465."
    )
    record_hash: Literal["sha256", "sm3"] = Field(
        "sha256", description="Digest of rows and seals of the record: sha256 or sm3."
    )
    field_cipher: Literal["aes", "sm4"] = Field(
        "aes", description="Cipher of personal data and camera secrets: AES-256-GCM or SM4-GCM (sm4)."
    )
    media_secret: str = Field(
        "", description="Shared secret of the media nodes' REST interface. Generated once."
    )
    hook_secret: str = Field(
        "", description="Password with which media nodes call our hooks. Generated once."
    )
    trusted_proxies: str = Field(
        "",
        description="Networks of proxies that may name the client's address and scheme, separated by commas.",
    )
    oidc_issuer: str = Field("", description="OpenID Connect issuer for single sign-on. Empty: none.")
    oidc_client_id: str = Field("", description="Name under which the issuer knows this portal.")
    oidc_client_secret: str = Field("", description="Password with which the portal asks the issuer.")
    oidc_name: str = Field("统一身份认证", description="What the login page calls the issuer.")
    oidc_account_claim: str = Field(
        "preferred_username", description="Claim of the issuer that holds the account of a person here."
    )
    forward_events: str = Field(
        "",
        description="Where audit events are told as they come, separated by commas: file:///path, "
        "syslog+tcp://host:port, syslog+udp://host:port.",
    )
    basemap: Literal["none", "xyz", "wmts", "pmtiles"] = Field(
        "none",
        description="What the map draws points on: borders only, tiles, a WMTS service, a PMTiles file.",
    )
    basemap_url: str = Field(
        "",
        description="Its address: {z}, {x}, {y} for tiles, {key} for the key; of a WMTS the service's own.",
    )
    basemap_labels_url: str = Field(
        "", description="The same for a second layer with names above it. Empty: none."
    )
    basemap_key: str = Field("", description="Stands in the addresses for {key}; browsers see it.")
    basemap_attribution: str = Field(
        "", description="Whose map it is, as its licence wants it: 审图号 and so on."
    )
    basemap_crs: Literal["wgs84", "gcj02"] = Field(
        "wgs84", description="What the basemap is in: gcj02 for those that are shifted."
    )
    basemap_max_zoom: int = Field(18, ge=1, le=24, description="The deepest level of its tiles.")
    basemap_layer: str = Field("", description="Layer of a WMTS service.")
    basemap_labels_layer: str = Field("", description="Its layer with names.")
    basemap_matrix_set: str = Field("w", description="Its matrix set in Web Mercator.")
    basemap_format: str = Field("image/png", description="Its format of tiles.")
    demo: bool = Field(False, description="Show the demonstration accounts on the login page.")
    demo_cameras_port: int = Field(8554, description="Port of the demonstration's RTSP cameras.")

    @property
    def portal_origins(self) -> list[str]:
        """The origins from which browsers post, and open sockets."""
        if self.public_origin:
            return [self.public_origin]
        scheme = "https" if self.https else "http"
        return [f"{scheme}://{host}:{self.port}" for host in self.public_hosts.split(",")]

    @property
    def trusted_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks of `trusted_proxies`. Raises ValueError."""
        return tuple(ip_network(each.strip()) for each in self.trusted_proxies.split(",") if each.strip())

    @property
    def socket_url(self) -> str:
        """Where browsers reach the media node; `{host}` is the name by which they reached the portal."""
        return self.media_public_url or f"{'wss' if self.https else 'ws'}://{{host}}:{self.media_port}"


def _generated_secrets(var: Path) -> dict[str, str]:
    """The secrets of this installation, made at first use; the file is readable by its owner only."""
    path = var / "secrets.json"
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = [name for name in SECRET_NAMES if name not in known]
    if missing:
        var.mkdir(parents=True, exist_ok=True)
        known |= {name: secrets.token_hex(32) for name in missing}
        _write_secrets(path, known)
    return known


def replace_secret(var: Path, name: str) -> None:
    """Put a fresh secret in the place of one that must exist nowhere any more."""
    path = var / "secrets.json"
    if path.exists():
        _write_secrets(path, json.loads(path.read_text()) | {name: secrets.token_hex(32)})


def _write_secrets(path: Path, known: dict[str, str]) -> None:
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(known, file, indent=1)
    draft.replace(path)


@lru_cache
def environment() -> Environment:
    """The settings of this process; secrets that nobody set are taken from `var/secrets.json`."""
    given = Environment()  # type: ignore[call-arg]
    generated = (
        _generated_secrets(given.var) if any(not getattr(given, name) for name in SECRET_NAMES) else {}
    )
    return given.model_copy(
        update={name: generated[name] for name in generated if not getattr(given, name, "x")}
    )
