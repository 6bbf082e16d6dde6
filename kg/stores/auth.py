"""Basic and digest authentication (RFC 7617, RFC 7616) of one request at a time; nothing is installed."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import urlsplit
from urllib.request import parse_http_list, parse_keqv_list


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user and a password, which no message and no log shows."""

    user: str
    password: str = field(repr=False)


_HASHES: Mapping[str, str] = MappingProxyType(
    {"md5": "md5", "sha-256": "sha256", "sha-512-256": "sha512_256"}
)


@dataclass(slots=True)
class Challenge:
    """What a server asks for: a scheme, and for digest the values to answer with."""

    scheme: str
    values: Mapping[str, str]
    uses: int = 0

    def header(self, credentials: Credentials, method: str, url: str) -> str:
        """Return the `Authorization` header of a request."""
        if self.scheme == "basic":
            pair = f"{credentials.user}:{credentials.password}".encode()
            return f"Basic {base64.b64encode(pair).decode()}"
        self.uses += 1
        return self._digest(credentials, method, url)

    def _digest(self, credentials: Credentials, method: str, url: str) -> str:
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        name = self.values.get("algorithm", "MD5")
        hashed = _hash(name)
        count, own = f"{self.uses:08x}", secrets.token_hex(8)
        realm, nonce = self.values.get("realm", ""), self.values.get("nonce", "")
        secret = hashed(f"{credentials.user}:{realm}:{credentials.password}")
        if name.lower().endswith("-sess"):
            secret = hashed(f"{secret}:{nonce}:{own}")
        asked = hashed(f"{method}:{path}")
        answer = {"username": credentials.user, "realm": realm, "nonce": nonce, "uri": path}
        plain = {"algorithm": name}
        if "auth" in self.values.get("qop", "").replace(" ", "").split(","):
            answer |= {"cnonce": own, "response": hashed(f"{secret}:{nonce}:{count}:{own}:auth:{asked}")}
            plain |= {"qop": "auth", "nc": count}
        else:
            answer["response"] = hashed(f"{secret}:{nonce}:{asked}")
        if "opaque" in self.values:
            answer["opaque"] = self.values["opaque"]
        quoted = [f'{key}="{_escaped(value)}"' for key, value in answer.items()]
        return "Digest " + ", ".join(quoted + [f"{key}={value}" for key, value in plain.items()])


def challenge_of(headers: Sequence[str]) -> Challenge | None:
    """Return the challenge to answer: digest where a server offers it, else basic, else None.

    >>> challenge_of(['Basic realm="x"', 'Digest realm="x", nonce="1", qop="auth"']).scheme
    'digest'
    """
    found: dict[str, Challenge] = {}
    for header in headers:
        scheme, _, rest = header.partition(" ")
        pairs = [item for item in parse_http_list(rest) if "=" in item]
        found.setdefault(scheme.lower(), Challenge(scheme.lower(), parse_keqv_list(pairs)))
    digest = found.get("digest")
    if digest is not None and _algorithm(digest.values.get("algorithm", "MD5")) in _HASHES:
        return digest
    return found.get("basic")


def _algorithm(name: str) -> str:
    return name.lower().removesuffix("-sess")


def _hash(name: str) -> Callable[[str], str]:
    algorithm = _HASHES[_algorithm(name)]
    return lambda text: hashlib.new(algorithm, text.encode(), usedforsecurity=False).hexdigest()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
