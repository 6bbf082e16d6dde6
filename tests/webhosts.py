"""Real web servers over a site, with the settings that `kg publish` writes: nginx, and Apache in two ways."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from conftest import ROOT, require

MODULES = Path("/usr/lib/apache2/modules")
_LOADED = (
    "mpm_event authz_core mime dir alias rewrite setenvif headers deflate filter env negotiation".split()
)


class Answer(NamedTuple):
    """An answer of a server; headers of the same name are joined."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def type(self) -> str:
        """The media type, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0]


class Host(NamedTuple):
    """A running server: its name and its port on loopback."""

    name: str
    port: int

    def get(self, path: str, accept: str | None = None, method: str = "GET", **headers: str) -> Answer:
        """Ask for a path, with just the headers that are named."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.putrequest(method, path, skip_accept_encoding=True)
        if accept is not None:
            connection.putheader("Accept", accept)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        with connection.getresponse() as answer:
            found: dict[str, str] = {}
            for name, value in answer.getheaders():
                key = name.lower()
                found[key] = f"{found[key]}, {value}" if key in found else value
            body = answer.read()
        connection.close()
        return Answer(answer.status, found, body)


@contextmanager
def hosts(root: Path, folder: str) -> Iterator[dict[str, Host]]:
    """Run nginx, Apache with `.htaccess` and Apache with `apache.conf`; `root/folder` is the site.

    `root` must be readable by all: Apache never runs as root.
    """
    require(shutil.which("nginx"), "nginx (Debian: nginx-light)")
    require(shutil.which("apache2") and MODULES.is_dir(), "Apache (Debian: apache2)")
    site, work = root / folder, root / "servers"
    work.mkdir(exist_ok=True)
    ports = [_free_port() for _ in range(3)]
    with ExitStack() as stack:
        stack.enter_context(_running(_nginx(root, site, work, ports[0]), ports[0]))
        stack.enter_context(
            _running(
                _apache(
                    work,
                    "htaccess",
                    ports[1],
                    f'DocumentRoot "{root}"\n<Directory "{root}">\nAllowOverride All\n'
                    "Require all granted\n</Directory>\n",
                ),
                ports[1],
            )
        )
        conf = f'DocumentRoot "{work}"\nDefine KG_SITE "{site}"\nInclude "{site}/hosts/apache.conf"\n'
        stack.enter_context(_running(_apache(work, "conf", ports[2], conf), ports[2]))
        names = ("nginx", "apache", "apache.conf")
        yield {name: Host(name, port) for name, port in zip(names, ports, strict=True)}


def _nginx(root: Path, site: Path, work: Path, port: int) -> list[str]:
    temporary = "".join(
        f"{kind}_temp_path {work}/{kind}; " for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    conf = work / "nginx.conf"
    conf.write_text(
        f"{user} daemon off; pid {work}/nginx.pid; error_log {work}/nginx.log; worker_processes 1;\n"
        f"events {{ worker_connections 64; }}\nhttp {{ access_log off; {temporary}\n"
        f"include {site}/hosts/nginx-http.conf;\n"
        f"server {{ listen 127.0.0.1:{port}; set $kg_root {root};\n"
        f"include {site}/hosts/nginx-server.conf; }} }}\n"
    )
    checked = subprocess.run(["nginx", "-t", "-c", conf], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "warn" not in checked.stderr, checked.stderr
    return ["nginx", "-c", str(conf)]


def _apache(work: Path, name: str, port: int, body: str) -> list[str]:
    user = "User www-data\nGroup www-data\n" if os.geteuid() == 0 else ""
    conf = work / f"{name}.conf"
    modules = "".join(f"LoadModule {module}_module {MODULES}/mod_{module}.so\n" for module in _LOADED)
    conf.write_text(
        f"ServerRoot {work}\nServerName localhost\nListen 127.0.0.1:{port}\nPidFile {work}/{name}.pid\n"
        f"ErrorLog {work}/{name}.log\nMutex file:{work} default\nTypesConfig /etc/mime.types\n{user}{modules}"
        # what the configuration of Debian adds, and what our settings must withstand
        f"AddLanguage de .de\nAddEncoding x-gzip .gz\nAddHandler type-map var\n{body}"
    )
    checked = subprocess.run(["apache2", "-t", "-f", conf], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    return ["apache2", "-DFOREGROUND", "-f", str(conf)]


@contextmanager
def _running(command: list[str], port: int) -> Iterator[None]:
    process = subprocess.Popen(command)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, f"{command[0]} did not start"
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def accept_vectors() -> list[tuple[str | None, str]]:
    """Return the rows of the table of docs/publishing.md: the header Accept, and the form that answers it."""
    text = (ROOT / "docs" / "publishing.md").read_text("utf-8")
    rows = re.findall(r"^\| (`[^`]+`|\(none\)|\(empty\)) \| (html|ttl|jsonld|406) \|$", text, re.MULTILINE)
    given: dict[str, str | None] = {"(none)": None, "(empty)": ""}
    return [(given[header] if header in given else header.strip("`"), form) for header, form in rows]
