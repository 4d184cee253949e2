"""A write that is sent twice is done once: the key lies in the same transaction as the write."""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone

from openilp.safeguards import acting
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import Conflict
from openilp.safeguards.models import IdempotencyKey

_MOST = 80
#: How long a write without an answer may still be on its way: longer than any transaction of the source desk.
_BEING_DONE = timedelta(seconds=30)
_BYTES = "application/octet-stream"
_KEPT = ("id", "ref", "url")


class KeyReused(Conflict):
    """Say that a key came before with another content."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(
            "This Idempotency-Key came with another address or content before; send a new key"
            " (on a page: load the form again)."
        )


class StillBeingDone(Conflict):
    """Say that the same write came a moment ago and has not come to its end yet."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__("This was sent a moment ago and is being done; send it again in half a minute.")


def once(request: HttpRequest, actor: Actor, serve: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Serve a write, or repeat the answer to the same write sent before.

    The key comes from the header `Idempotency-Key` or the form field `idempotency_key`. What is kept is the status,
    the address and, of an answer on the API, where the new row is: never content, never a secret.

    Raises:
        KeyReused: If the key came with another address or content before.
        StillBeingDone: If the same write is on its way.
    """
    key = key_of(request)
    if request.method != "POST" or not key:
        return serve()
    digest = _digest(request)
    claimed = _claim(actor, key, request.path, digest)
    if claimed is None:
        return _again(actor, key, digest, serve)
    return _served(claimed, serve)


def _served(claimed: IdempotencyKey, serve: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Serve a write and keep its answer, where another transaction goes with it only when that has ended too."""
    response = serve()
    if response.status_code >= 400:
        return response
    block = acting.current()
    if block is not None and block.corridor is not None:
        block.afterwards.append(lambda: _keep(claimed, response) if block.is_kept else None)
    else:
        _keep(claimed, response)
    return response


def key_of(request: HttpRequest) -> str:
    """Return the key that a request carries, or nothing."""
    header = request.headers.get("Idempotency-Key", "")
    if header or request.path.startswith("/api/"):
        return header[:_MOST]
    return request.POST.get("idempotency_key", "")[:_MOST]


def _digest(request: HttpRequest) -> str:
    """Return what is kept of a write's content: keyed, because the content may be a new password."""
    key = f"openilp.idempotency {settings.SECRET_KEY}".encode()
    found = hmac.new(key, f"{request.path}\n".encode(), hashlib.sha256)
    if request.content_type == _BYTES:
        # A file is read once, by its verb; its name and length stand for it here.
        found.update(f"{request.get_full_path()} {request.META.get('CONTENT_LENGTH', '')}".encode())
        return found.hexdigest()
    if request.path.startswith("/api/"):
        found.update(request.body)
        return found.hexdigest()
    fields = [[k, request.POST.getlist(k)] for k in sorted(request.POST) if k != "csrfmiddlewaretoken"]
    found.update(json.dumps(fields).encode())
    for name in sorted(request.FILES):
        for file in request.FILES.getlist(name):
            for chunk in file.chunks():
                found.update(chunk)
            file.seek(0)
    return found.hexdigest()


def _claim(actor: Actor, key: str, path: str, digest: str) -> IdempotencyKey | None:
    """Take the key for this transaction; a second sender waits here until the first is done."""
    try:
        with transaction.atomic():
            return IdempotencyKey.objects.create(
                user_id=actor.user_id, key=key, path=path[:200], digest=digest
            )
    except IntegrityError:
        return None


def _keep(claimed: IdempotencyKey, response: HttpResponseBase) -> None:
    claimed.status = response.status_code
    claimed.location = response.headers.get("Location", "")[:300]
    if isinstance(response, HttpResponse) and response.status_code == 201:
        answer = json.loads(response.content)
        claimed.answer = {name: answer[name] for name in _KEPT if name in answer}
    claimed.save()


def _again(actor: Actor, key: str, digest: str, serve: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    kept = IdempotencyKey.objects.select_for_update().get(user_id=actor.user_id, key=key)
    if kept.digest != digest:
        raise KeyReused(key)
    if kept.status is None:
        # The first sender was cut off between two commits, or is there now.
        if kept.created_at > timezone.now() - _BEING_DONE:
            raise StillBeingDone(key)
        kept.created_at = timezone.now()
        kept.save(update_fields=["created_at"])
        return _served(kept, serve)
    if kept.answer is not None:
        return JsonResponse(kept.answer, status=kept.status or 200)
    # Without an address there is nothing to show again: 204 leaves a page as it stands.
    response = HttpResponse(status=kept.status if kept.location else 204)
    if kept.location:
        response["Location"] = kept.location
    return response
