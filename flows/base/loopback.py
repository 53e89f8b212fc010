"""The small HTTP servers of our own: the demo's, a replay's, the one for metrics."""

import sys
from http.server import ThreadingHTTPServer
from socketserver import TCPServer


class LoopbackServer(ThreadingHTTPServer):
    """A threading server that is quiet about clients that hang up.

    It asks no name server for its own name either, which can take seconds.
    """

    daemon_threads = True

    def server_bind(self) -> None:
        """Bind without the reverse look-up of http.server."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        """Print what went wrong, but not that a client hung up."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]
