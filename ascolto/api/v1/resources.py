"""All that version 1 can be asked, put together: every call goes through the door."""

from ascolto.api.authenticate import TokenBearer
from ascolto.api.door import door, handle_errors
from ascolto.api.strict import StrictParser
from ascolto.api.v1 import conversations, customers, events, files, inboxes, messages, metrics, search
from ascolto.api.v1.openapi import WORDS, Api

api = Api(
    title="Ascolto",
    version="1",
    description=WORDS,
    openapi_url=None,
    docs_url=None,
    auth=TokenBearer(),
    urls_namespace="api-v1",
    parser=StrictParser(),
)
handle_errors(api)
api.add_decorator(door, mode="view")
for resource in (conversations, messages, customers, files, search, events, metrics, inboxes):
    api.add_router("", resource.router)
