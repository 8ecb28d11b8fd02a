# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service's endpoints: which path gives which answer."""

from __future__ import annotations

from reference import bodies
from reference.dependencies import Dependencies
from reference.settings import Settings
from serving.message import Request, Response, json_response
from serving.server import Exchange, Listener

TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8"


class Answers:
    """Answers requests from the settings and the state of the dependencies."""

    def __init__(self, settings: Settings, dependencies: Dependencies) -> None:
        self.settings = settings
        self.dependencies = dependencies
        self.listener: Listener | None = None
        self.routes = {
            "/metrics": self.metrics,
            "/openapi.json": self.openapi,
            "/": self.start_page,
        }
        if "demo" in settings.features:
            self.routes["/api/demo/status"] = self.demo
        if settings.health_path:
            self.routes[settings.health_path] = self.health
        for path in {"/readyz", settings.readiness_path} - {""}:
            self.routes[path] = self.ready
        self.routes["/healthz"] = self.alive  # last: alive, whatever the catalogue's health path is

    def handle(self, request: Request, exchange: Exchange) -> Response | None:
        """Answer one request; None when it became a WebSocket."""
        if request.path == "/ws" and "websocket" in self.settings.features:
            # Only the services with this feature pay for the import.
            from reference import echo

            return echo.handle(request, exchange)
        answer = self.routes.get(request.path)
        if answer is None:
            return json_response(404, bodies.identified(self.settings, {"error": f"no such path: {request.path}"}))
        if request.method not in ("GET", "HEAD"):
            error = {"error": f"{request.method} is not served, only GET"}
            return json_response(405, bodies.identified(self.settings, error)).with_header("Allow", "GET, HEAD")
        return answer()

    def alive(self) -> Response:
        """Answer 200 as long as the process can answer at all."""
        return json_response(200, bodies.identified(self.settings, {"status": "ok"}))

    def ready(self) -> Response:
        """Answer 200 when every hard dependency works, else 503 with each failing one and why."""
        return self._judged("ready", "not_ready")

    def health(self) -> Response:
        """Answer the catalogue's own health path: as readiness, in the words of a health check."""
        return self._judged("healthy", "unhealthy")

    def _judged(self, good: str, bad: str) -> Response:
        failing = {name: why for name, why in self.dependencies.check().items() if why is not None}
        if failing:
            return json_response(503, bodies.identified(self.settings, {"status": bad, "dependencies": failing}))
        working = dict.fromkeys(self.settings.dependencies, "ok")
        return json_response(200, bodies.identified(self.settings, {"status": good, "dependencies": working}))

    def metrics(self) -> Response:
        """Answer in Prometheus' text format."""
        requests = self.listener.requests if self.listener else 0
        text = bodies.metrics(self.settings, requests, self.dependencies.check())
        return Response(200, text.encode(), TEXT_FORMAT)

    def openapi(self) -> Response:
        """Answer a description of the paths served."""
        return json_response(200, bodies.openapi(self.settings, sorted(self.routes)))

    def start_page(self) -> Response:
        """Answer who this is."""
        text = {"message": "reference service of sahool.platform; it stands for the real one"}
        return json_response(200, bodies.identified(self.settings, text))

    def demo(self) -> Response:
        """Answer the state of the demo data."""
        failing = [name for name, why in self.dependencies.check().items() if why is not None]
        status = {"status": "degraded" if failing else "running", "failing": failing}
        return json_response(200, bodies.identified(self.settings, status))
