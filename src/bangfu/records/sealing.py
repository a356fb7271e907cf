"""Personal values under lock: one key per party, each wrapped by a master key kept elsewhere.

AES-256-GCM throughout. A sealed value is base64 of a 12-byte nonce and the ciphertext; its
associated data names the fact and the party, so that a blob moved elsewhere does not open.
Destroying a party's key makes every value under it unreadable for good, backups included,
while the chain of hashes, which covers the ciphertext, still verifies.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from bangfu.core.facts import Value
from bangfu.core.text import Refused
from bangfu.records import guard
from bangfu.records.canonical import canonical
from bangfu.records.folder import make_key
from bangfu.records.models import Meta

KEY_BYTES = 32
NONCE_BYTES = 12
LEDGER_KEY = "ledger_key"


class KeyProblem(Refused):
    """The master key is missing, or is not the one that this database was sealed with."""


class Vault:
    """Seals, opens and digests with one master key and the ledger key that it wraps."""

    def __init__(self, master: bytes, ledger: bytes) -> None:
        self._master = AESGCM(master)
        self._lookup = hmac.new(hmac.digest(master, b"lookup", "sha256"), digestmod="sha256")
        self._account = hmac.digest(master, b"account", "sha256")
        self._token = hmac.digest(master, b"token", "sha256")
        self._ledger = ledger
        self._digest = hmac.new(ledger or master, digestmod="sha256")

    def wrap(self, key: bytes, party: str) -> bytes:
        """A party's key as the database may hold it."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._master.encrypt(nonce, key, party.encode("ascii"))

    def unwrap(self, wrapped: bytes | memoryview, party: str) -> bytes:
        """The party's key; raises `KeyProblem` if another master key wrapped it."""
        blob = bytes(wrapped)
        try:
            return self._master.decrypt(
                blob[:NONCE_BYTES], blob[NONCE_BYTES:], party.encode("ascii")
            )
        except InvalidTag:
            raise _other_key() from None

    def seal_reason(self, reason: str, fact: str) -> str:
        """A reason, which may speak of a person, under the ledger's key; "" stays ""."""
        return seal(self._ledger, canonical({"reason": reason}), fact, "reason") if reason else ""

    def open_reason(self, sealed: str, fact: str) -> str:
        """The reason that `seal_reason` sealed."""
        return str(unseal(self._ledger, sealed, fact, "reason")["reason"]) if sealed else ""

    def digest(self, body: bytes, keys: Iterable[bytes]) -> str:
        """The keyed digest of a body: under the ledger's key, over the keys of all parties whose
        values it covers and the body, so that it tells nothing once one of them is destroyed.
        """
        keyed = self._digest.copy()
        for key in keys:
            keyed.update(key)
        keyed.update(body)
        return keyed.hexdigest()

    def seal_account(self, row: bytes) -> str:
        """The keyed digest of an account's row."""
        return hmac.digest(self._account, row, "sha256").hex()

    def seal_token(self, row: bytes) -> str:
        """The keyed digest of a token's row."""
        return hmac.digest(self._token, b"row" + row, "sha256").hex()

    def token_digest(self, secret: str) -> str:
        """The keyed digest under which a token's secret is found without being stored."""
        return hmac.digest(self._token, b"secret" + secret.encode(), "sha256").hex()

    def lookup(self, identifier: str) -> str:
        """The keyed digest under which an id number is found without being stored."""
        keyed = self._lookup.copy()
        keyed.update(identifier.strip().upper().encode())
        return keyed.hexdigest()


def new_key() -> bytes:
    """A fresh key."""
    return os.urandom(KEY_BYTES)


def seal(key: bytes, values: bytes, fact: str, party: str) -> str:
    """The values of one party in one fact, in canonical form, as sealed text."""
    nonce = os.urandom(NONCE_BYTES)
    blob = AESGCM(key).encrypt(nonce, values, f"{fact}|{party}".encode("ascii"))
    return base64.b64encode(nonce + blob).decode("ascii")


def seal_bytes(key: bytes, content: bytes, party: str, name: str) -> bytes:
    """Content of any size under a key, bound to whose it is and what it is called."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, f"{party}|{name}".encode("ascii"))


def unseal_bytes(key: bytes, sealed: bytes, party: str, name: str) -> bytes:
    """The content that `seal_bytes` sealed; raises `KeyProblem`."""
    try:
        return AESGCM(key).decrypt(
            sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], f"{party}|{name}".encode("ascii")
        )
    except (InvalidTag, ValueError):
        raise _other_key() from None


def unseal(key: bytes, sealed: str, fact: str, party: str) -> dict[str, Value]:
    """The values that `seal` sealed; raises `KeyProblem` if key, fact, party or text differ."""
    try:
        blob = base64.b64decode(sealed, validate=True)
        text = AESGCM(key).decrypt(
            blob[:NONCE_BYTES], blob[NONCE_BYTES:], f"{fact}|{party}".encode("ascii")
        )
    except (InvalidTag, ValueError):
        raise _other_key() from None
    values: dict[str, Value] = json.loads(text)
    return values


def vault() -> Vault:
    """The vault of this database; the first call ever makes the master and the ledger key."""
    file = Path(settings.BANGFU_MASTER_KEY_FILE)
    row = Meta.objects.filter(key=LEDGER_KEY).first()
    if row is None:
        make_key(file, base64.b64encode(os.urandom(KEY_BYTES)) + b"\n")
        made = Vault(_read_master(file), b"").wrap(new_key(), LEDGER_KEY)
        row, _ = Meta.objects.get_or_create(
            key=LEDGER_KEY, defaults={"value": base64.b64encode(made).decode("ascii")}
        )
    if not file.exists():
        raise KeyProblem(
            "no_master_key",
            f"缺少主密钥文件（{file.name}）。请从保管处取回并放回原位；不要新建。",
            f"The master key file ({file.name}) is missing. Put the kept copy back.",
        )
    with guard.lifted():
        return _vault(_read_master(file), row.value)


@lru_cache(maxsize=4)
def _vault(master: bytes, wrapped: str) -> Vault:
    ledger = Vault(master, b"").unwrap(base64.b64decode(wrapped), LEDGER_KEY)
    return Vault(master, ledger)


def _read_master(file: Path) -> bytes:
    try:
        key = base64.b64decode(file.read_bytes())
    except (OSError, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyProblem(
            "bad_master_key",
            f"主密钥文件（{file.name}）读不出 32 字节的密钥。",
            f"The master key file ({file.name}) does not hold a key of 32 bytes.",
        )
    return key


def _other_key() -> KeyProblem:
    return KeyProblem(
        "other_master_key",
        "密封的内容打不开：主密钥与本数据库不符，或内容被改动。",
        "A sealed value does not open: the master key is not this database's, or it was changed.",
    )
