"""Every page by following links, as people do: one page a route, for all duties together."""

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from playwright.sync_api import Page

#: Routes that answer programs.
NO_PAGES = ("api:",)
#: Objects of one kind do not all lead to the same places; entities are of many types, with tabs.
OBJECTS_A_ROUTE = 3
MORE_OBJECTS = {"collation:entity": 25}
_LEAVES = ("account_logout",)


@dataclass
class Crawl:
    """What has been met so far: the address that each route was opened at, and which answered badly."""

    met: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def pages(self, page: Page) -> Iterator[str]:
        """Follow the links that one account is shown; yield the address of each page on a route that is new."""
        ahead, own, asked = deque(["/"]), Counter[str](), set[str]()
        while ahead:
            address = ahead.popleft()
            route = route_of(address)
            if not route or address in asked or own[_kind(address)] == _enough(route) or route in _LEAVES:
                continue
            asked.add(address)
            answer = page.request.get(address, max_redirects=0)
            if answer.status == 403:
                continue
            own[_kind(address)] += 1
            text = answer.text() if "text/html" in answer.headers.get("content-type", "") else ""
            ahead.extend(links(text, at=address))
            if route in self.met:
                continue
            self.met[route] = address
            if answer.status not in {200, 302, 405}:
                self.faults.append(f"{address} answered {answer.status}")
            elif answer.status == 200 and "<html" in text:
                page.goto(address)
                page.wait_for_load_state("networkidle")
                yield address


def _kind(address: str) -> str:
    """Return the route, and which of its tabs: each leads to places of its own."""
    tab = dict(parse_qsl(urlsplit(address).query)).get("tab", "")
    return f"{route_of(address)} {tab}"


def _enough(route: str) -> int:
    return MORE_OBJECTS.get(route, OBJECTS_A_ROUTE)


def links(text: str, *, at: str) -> list[str]:
    """Return the addresses that the page at an address leads to: links, tabs, forms, and the parts it loads."""
    found = re.findall(r'(?:href|action|hx-get|hx-post)="([/?][^"#]*)', text)
    return [urljoin(at, unescape(address)) for address in found if not address.startswith("/static/")]


def route_of(address: str) -> str:
    """Return the name of the route behind an address, or nothing."""
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return ""


def routes() -> set[str]:
    """Return the names of all routes that are no part of the API."""

    def walk(resolver: URLResolver, spaces: tuple[str, ...]) -> Iterator[str]:
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLPattern):
                yield ":".join((*spaces, pattern.name or str(pattern.pattern)))
            else:
                yield from walk(pattern, (*spaces, pattern.namespace) if pattern.namespace else spaces)

    return {name for name in walk(get_resolver(), ()) if not name.startswith(NO_PAGES)}
