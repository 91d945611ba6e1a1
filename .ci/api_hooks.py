"""What schemathesis has to know of the API's media types: JSON lines are a document a line."""

import json

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def lines(ctx, value):
    if isinstance(value, bytes):
        return {"data": value}
    if isinstance(value, str):
        return {"data": value.encode("utf-8", "surrogatepass")}
    documents = value if isinstance(value, list) else [value]
    return {"data": "\n".join(json.dumps(document) for document in documents).encode()}
