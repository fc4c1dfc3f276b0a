"""The uploaded file and its annotated copy, kept encrypted in pieces until the import is over."""

import base64
import hmac
from collections.abc import Iterator
from typing import IO

from django.conf import settings

from gongshi.catalogue.import_models import Import, ImportPiece, PieceKind

PIECE_BYTES = 256 * 1024


def digest_of(content: bytes) -> str:
    """By it the same file is known. With a key, since a plain digest would let passwords in it be guessed."""
    return hmac.digest(settings.SECRET_KEY.encode(), content, "sha256").hex()


def keep(whole: Import, kind: PieceKind, file: IO[bytes]) -> None:
    """Store a file from where it stands; what was kept of this kind before goes."""
    drop(whole, kind)
    ImportPiece.objects.bulk_create(
        (
            ImportPiece(whole=whole, kind=kind, number=number, content=base64.b64encode(piece).decode())
            for number, piece in enumerate(_pieces(file))
        ),
        batch_size=16,
    )


def kept(whole: Import, kind: PieceKind) -> bytes:
    """The file as it came; empty when it is no longer there."""
    return b"".join(stream(whole, kind))


def stream(whole: Import, kind: PieceKind) -> Iterator[bytes]:
    """The file piece by piece."""
    pieces = ImportPiece.objects.filter(whole=whole, kind=kind).order_by("number")
    for content in pieces.values_list("content", flat=True).iterator(chunk_size=16):
        yield base64.b64decode(content)


def drop(whole: Import, *kinds: PieceKind) -> None:
    """Delete what is kept of these kinds."""
    ImportPiece.objects.filter(whole=whole, kind__in=kinds).delete()


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(PIECE_BYTES):
        yield piece
