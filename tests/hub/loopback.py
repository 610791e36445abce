"""A hub on this machine: serves what a test gives it, at the addresses that the real one uses, and misbehaves on demand."""

import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Hub:
    """What is served and what happened.

    Attributes:
        files: Content by path, such as ``/org/model/resolve/<revision>/config.json``.
        refuse: A status code for every request; 0 serves.
        cut_after: Bytes after which the next answers break off, one entry each.
        announce: Size to announce in place of the real one.
        pause: Seconds between pieces of 64 KB, as on a slow line.
        etag: The checksum to tell, as hubs do for large files; "" tells none.
        requests: Methods and paths that came.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.refuse, self.cut_after, self.announce, self.pause = 0, [], None, 0.0
        self.requests: list[tuple[str, str]] = []
        self.address, self.etag = "", ""


@contextmanager
def loopback():
    """Runs a hub on a free port."""
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def log_message(self, *args) -> None:
            """Keeps quiet."""

        def do_HEAD(self) -> None:
            self.answer(body=False)

        def do_GET(self) -> None:
            self.answer(body=True)

        def answer(self, *, body: bool) -> None:
            hub.requests.append((self.command, self.path))
            content = hub.files.get(self.path)
            if hub.refuse or content is None:
                self.send_response(hub.refuse or 404)
                self.end_headers()
                return
            start = int(self.headers["Range"].removeprefix("bytes=").rstrip("-")) if "Range" in self.headers else 0
            self.send_response(206 if start else 200)
            size = hub.announce if hub.announce is not None else len(content)
            self.send_header("Content-Length", str(size - start))
            if hub.etag:
                self.send_header("X-Linked-Etag", f'"{hub.etag}"')
            self.end_headers()
            if body:
                cut = hub.cut_after.pop(0) if hub.cut_after else len(content)
                content = content[start : start + cut]
                while hub.pause and content:
                    self.wfile.write(content[:65536])
                    content = content[65536:]
                    time.sleep(hub.pause)
                self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)  # asks that often whether to end
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
