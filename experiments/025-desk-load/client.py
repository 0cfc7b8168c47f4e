"""People with browsers that wait between clicks: a little HTTP/1.1 over asyncio, so that they cost little."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from made import token

FORM = "application/x-www-form-urlencoded"
_IDLE = 3.0
"""Seconds after which a connection is not used again: the server may be about to close it."""
BOUNDARY = "x-civic-ai-x"


@dataclass
class Seen:
    """What each kind of request took (seconds), and answers that should not be."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: list[str] = field(default_factory=list)
    acknowledged: list[tuple[str, str, int]] = field(default_factory=list)
    """Votes that the desk said it had entered: person, pilot, number of the entry."""


@dataclass
class Browser:
    """One person's: a connection that stays, a session, a form's token."""

    port: int
    session: str
    seen: Seen
    _token: str = field(default_factory=token)
    _used: float = 0.0
    _open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, kind: str, path: str) -> bytes:
        """A page that must be there."""
        status, _, body = await self._asks(kind, f"GET {path}", {}, b"")
        if status != 200:
            self.seen.wrong.append(f"{kind} {path}: {status}")
        return body

    async def sends(self, kind: str, path: str, fields: Mapping[str, str]) -> str:
        """A form; where it leads to, nothing if it was refused."""
        body = urlencode({"csrfmiddlewaretoken": self._token, **fields}).encode()
        return self._led(kind, path, *await self._asks(kind, f"POST {path}", {"Content-Type": FORM}, body))

    async def hands_in(self, kind: str, path: str, envelope: bytes) -> str:
        """The signed file; where it leads to."""
        parts = {"csrfmiddlewaretoken": self._token.encode(), "way": b"file"}
        lines = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
            + value
            + b"\r\n"
            for name, value in parts.items()
        ]
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="envelope"; filename="s.json"\r\n\r\n'
        body = b"".join([*lines, head.encode(), envelope, f"\r\n--{BOUNDARY}--\r\n".encode()])
        headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        return self._led(kind, path, *await self._asks(kind, f"POST {path}", headers, body))

    def _led(self, kind: str, path: str, status: int, headers: Mapping[str, str], body: bytes) -> str:
        if status != 302:
            self.seen.wrong.append(f"{kind} {path}: {status}")
        return headers.get("location", "")

    async def _asks(
        self, kind: str, what: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        said = {
            "Host": f"localhost:{self.port}",
            "Cookie": f"desk-session={self.session}; desk-csrf={self._token}",
            "Content-Length": str(len(body)),
            **headers,
        }
        head = f"{what} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in said.items())
        began = time.perf_counter()
        try:
            answer = await self._exchange(head.encode() + b"\r\n" + body)
        except (OSError, asyncio.IncompleteReadError) as error:
            self._open = None
            self.seen.wrong.append(f"{kind} {what}: {type(error).__name__}")
            return 0, {}, b""
        self.seen.took[kind].append(time.perf_counter() - began)
        return answer

    async def _exchange(self, request: bytes) -> tuple[int, dict[str, str], bytes]:
        if self._open is None or self._open[0].at_eof() or time.perf_counter() - self._used > _IDLE:
            self._open = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._open
        self._used = time.perf_counter()
        writer.write(request)
        status = int((await reader.readuntil(b"\r\n")).split()[1])
        lines = (await reader.readuntil(b"\r\n\r\n") if status else b"").decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("connection") == "close":
            writer.close()
            self._open = None
        return status, headers, body
