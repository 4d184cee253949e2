"""The verbs of the room over HTTP, one router a desk."""

from ninja import Router

router = Router(tags=["oversight"])
