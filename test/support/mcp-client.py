"""A stock client of the Python SDK, for test/mcp/python-client.e2e-spec.ts.

Arguments: the address of the server, and the client as JSON:
`{"redirectUri", "metadataUrl"?, "clientId"?, "clientSecret"?, "scope"?}`.
It writes one JSON object for each line: `{"authorize": address}`, for which it reads the callback address from its standard input;
`{"tools": [...]}`, and for each name that it reads then `{"result": ...}` or `{"failure": ...}`.
"""

import asyncio
import json
import sys
from urllib.parse import parse_qs, urlsplit

from mcp import Client
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata


def tell(**message):
    print(json.dumps(message), flush=True)


async def listen():
    line = await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    return line.strip()


class Storage:
    def __init__(self, client):
        self.client, self.tokens = client, None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client


async def show(address):
    tell(authorize=address)


async def callback():
    fields = {name: values[0] for name, values in parse_qs(urlsplit(await listen()).query).items()}
    return AuthorizationCodeResult(code=fields["code"], state=fields.get("state"), iss=fields.get("iss"))


async def main(url, given):
    known = None
    if "clientId" in given:
        known = OAuthClientInformationFull(
            client_id=given["clientId"],
            client_secret=given.get("clientSecret"),
            token_endpoint_auth_method="client_secret_basic" if "clientSecret" in given else "none",
            redirect_uris=[given["redirectUri"]],
        )
    auth = OAuthClientProvider(
        server_url=url,
        client_metadata=OAuthClientMetadata(client_name="Python", redirect_uris=[given["redirectUri"]]),
        storage=Storage(known),
        redirect_handler=show,
        callback_handler=callback,
        client_metadata_url=given.get("metadataUrl"),
    )
    async with create_mcp_http_client(auth=auth) as http, Client(streamable_http_client(url, http_client=http)) as client:
        tell(tools=sorted(tool.name for tool in (await client.list_tools()).tools))
        while name := await listen():
            try:
                answer = await client.call_tool(name, {})
                tell(result=[part.text for part in answer.content])
            except Exception as error:  # whatever it is, the test wants to see it
                tell(failure=repr(error))


asyncio.run(main(sys.argv[1], json.loads(sys.argv[2])))
