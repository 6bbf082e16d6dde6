"""Settings for web hosts: what they need to serve a site as linked data, in their own words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from kg.publish.hosts.apache import apache
from kg.publish.hosts.common import Hosted
from kg.publish.hosts.nginx import nginx
from kg.publish.hosts.others import github, gitlab, netlify, w3id

__all__ = ["HOSTS", "Hosted", "host_files"]

Host: TypeAlias = Callable[[Hosted], Iterator[tuple[str, str]]]

HOSTS: Mapping[str, Host] = MappingProxyType(
    {"nginx": nginx, "apache": apache, "github": github, "gitlab": gitlab, "netlify": netlify, "w3id": w3id}
)
"""Every host by its name, and what makes its files."""


def host_files(site: Hosted, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Yield path and bytes of the settings of some hosts."""
    for name in names:
        for path, text in HOSTS[name](site):
            yield path, text.encode()
