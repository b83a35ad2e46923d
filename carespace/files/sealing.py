"""Encryption of files: AES-256-GCM in chunks, a key per file wrapped by the master key.

Promises: a chunk cannot be changed, moved, repeated or cut off unseen: its number, whether it is the last, and the
blob's id are authenticated. The format is ``chunk*``, each chunk ``ciphertext || 16-byte tag``; the nonce is the chunk
number, safe because every file has a fresh key (NIST SP 800-38D 8.2.1).
"""

import os
from collections.abc import Iterable, Iterator
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

CHUNK_BYTES = 256 * 1024
TAG_BYTES = 16
KEY_BYTES = 32


class DamagedFile(RuntimeError):
    """The stored bytes are not the ones that were sealed, or the key is not theirs."""


def new_key(master: bytes) -> tuple[bytes, bytes]:
    """Return a fresh file key and its wrapped form (RFC 3394)."""
    key = os.urandom(KEY_BYTES)
    return key, aes_key_wrap(master, key)


def unwrap(master: bytes, wrapped: bytes) -> bytes:
    """Return the file key; DamagedFile where the master key is another one."""
    try:
        return aes_key_unwrap(master, wrapped)
    except InvalidUnwrap:
        raise DamagedFile from None


def seal(key: bytes, blob_id: UUID, plain: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the sealed chunks of ``plain`` (pieces of any size); at least one, also for an empty file."""
    cipher = AESGCM(key)
    number, held = 0, b""
    for piece in plain:
        held += piece
        while len(held) > CHUNK_BYTES:
            yield cipher.encrypt(_nonce(number), held[:CHUNK_BYTES], _bound(blob_id, last=False))
            held, number = held[CHUNK_BYTES:], number + 1
    yield cipher.encrypt(_nonce(number), held, _bound(blob_id, last=True))


def unseal(key: bytes, blob_id: UUID, sealed: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the plain chunks; DamagedFile at the first that does not check."""
    cipher = AESGCM(key)
    number, held = 0, b""
    size = CHUNK_BYTES + TAG_BYTES
    try:
        for piece in sealed:
            held += piece
            while len(held) > size:
                yield cipher.decrypt(_nonce(number), held[:size], _bound(blob_id, last=False))
                held, number = held[size:], number + 1
        yield cipher.decrypt(_nonce(number), held, _bound(blob_id, last=True))
    except InvalidTag:
        raise DamagedFile from None


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _bound(blob_id: UUID, *, last: bool) -> bytes:
    return blob_id.bytes + (b"\x01" if last else b"\x00")
