"""The base of our small HTTP servers: for the demo, replays and metrics."""

import sys
from http.server import ThreadingHTTPServer
from socketserver import TCPServer


class LoopbackServer(ThreadingHTTPServer):
    """A threading server that does not report clients that hang up.

    It does not look up its own host name either, which can take seconds.
    """

    daemon_threads = True

    def server_bind(self) -> None:
        """Bind without the reverse lookup of http.server."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        """Print the error, unless the client just hung up."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]
