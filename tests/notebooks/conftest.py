"""One Jupyter server, a page for each of its faces, and documents that come and go in them.

A document has a kernel of its own, started ahead, and ended with it. What is open in a page besides
makes no difference: everything is looked for within the document.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest

from ..numbered import READING

ROOT = Path(__file__).parents[2]
SLIDER = ".noUi-handle[aria-label]"  # of a scrubber, which has keys when it has its name

SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.jupyter)


class Server:
    """A Jupyter server with JupyterLab and Notebook, in folders of its own."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self.root.mkdir()
        labconfig = folder / "config" / "labconfig"
        labconfig.mkdir(parents=True)
        overrides = labconfig / "default_setting_overrides.json"
        overrides.write_text(json.dumps(SETTINGS), "utf-8")
        self.environment = {
            **os.environ,
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTER_DATA_DIR": str(folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
            "IPYTHONDIR": str(folder / "ipython"),
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        }
        self.environment.pop("MPLBACKEND", None)
        startup = folder / "ipython" / "profile_default" / "startup"
        startup.mkdir(parents=True)
        # What every notebook here imports; kernels are started ahead of their use.
        (startup / "imports.py").write_text(
            "import patchviz.jupyter.scrubber, patchviz.plot.view\n", "utf-8"
        )
        command = [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
            *("--ip=127.0.0.1", "--port=0", f"--ServerApp.root_dir={self.root}"),
            "--LabApp.expose_app_in_browser=True",
            "--JupyterNotebookApp.expose_app_in_browser=True",
        ]
        self._process = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self.url, self.token = self._address()
        # Somebody has to read what it says, or it stops when the pipe is full.
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._wait()

    def _wait(self) -> None:
        """Wait until it answers: it tells its address a moment before."""
        until = time.monotonic() + 60
        while True:
            try:
                self.ask("GET", "status")
                return
            except URLError:
                if time.monotonic() > until or self._process.poll() is not None:
                    raise
                time.sleep(0.05)

    def _address(self) -> tuple[str, str]:
        assert self._process.stdout is not None
        said = []
        for line in self._process.stdout:
            said.append(line.decode())
            found = re.search(r"(http://127\.0\.0\.1:\d+)/lab\?token=(\w+)", said[-1])
            if found:
                return found[1], found[2]
        pytest.fail(f"JupyterLab did not start:\n{''.join(said)}")

    def _read(self) -> None:
        assert self._process.stdout is not None
        for _ in self._process.stdout:
            pass

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the server's REST API."""
        request = urllib.request.Request(
            f"{self.url}/api/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {self.token}"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=120) as response:
            text = response.read()
        return json.loads(text) if text else None

    def write(self, name: str, *cells: str, kernel: str = "python3") -> Path:
        """Write a notebook of code cells."""
        import nbformat
        from nbformat.v4 import new_code_cell, new_notebook

        spec = {"name": kernel, "display_name": kernel, "language": kernel.rstrip("3")}
        notebook = new_notebook(
            cells=[new_code_cell(cell) for cell in cells], metadata={"kernelspec": spec}
        )
        path = self.root / f"{name}.ipynb"
        nbformat.write(notebook, path)
        return path

    def trust(self, path: Path) -> None:
        """Sign a notebook, as its user does who trusts it."""
        command = [sys.executable, "-m", "jupyter", "trust", str(path)]
        subprocess.run(command, env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=60)
        self._reader.join(timeout=60)
        assert self._process.stdout is not None
        self._process.stdout.close()


class Kernels:
    """Kernels that were started ahead, each in a session that is called after its document."""

    def __init__(self, server: Server, n: int) -> None:
        self._server = server
        self._work = ThreadPoolExecutor(max_workers=1)
        self._ready: deque[Future[dict[str, Any]]] = deque()
        for _ in range(n):
            self._ready.append(self._work.submit(self._start))

    def _start(self) -> dict[str, Any]:
        kernel = {"name": "python3"}
        body = {"path": uuid.uuid4().hex, "name": "", "type": "notebook", "kernel": kernel}
        return dict(self._server.ask("POST", "sessions", body))

    def take(self, path: str) -> dict[str, Any]:
        """Give a document a kernel: whoever opens it finds the session."""
        session = self._ready.popleft().result() if self._ready else self._start()
        self._server.ask("PATCH", f"sessions/{session['id']}", {"path": path, "name": path})
        return session

    def end(self, session: dict[str, Any]) -> None:
        """Let another kernel take the place of one that was used.

        It is not restarted instead: a page that knows its number may still listen to it for a
        document that is closed, and then the next one hears of no widgets.
        """
        self._server.ask("DELETE", f"sessions/{session['id']}")
        self._ready.append(self._work.submit(self._start))

    def close(self) -> None:
        self._work.shutdown(cancel_futures=True)


@pytest.fixture(scope="session")
def server(
    tmp_path_factory: pytest.TempPathFactory, chromium: Any, require: Any
) -> Iterator[Server]:
    require("jupyterlab", "notebook")
    server = Server(tmp_path_factory.mktemp("jupyter"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def kernels(server: Server) -> Iterator[Kernels]:
    kernels = Kernels(server, n=2)
    yield kernels
    kernels.close()


class Face:
    """A page of JupyterLab ("lab") or Notebook ("notebooks") that stays open."""

    def __init__(
        self,
        server: Server,
        chromium: Any,
        name: str,
        prepare: Callable[[Any], object] = lambda page: None,
    ) -> None:
        self.server = server
        self.name = name
        self._prepare = prepare
        self.errors: list[str] = []
        self._chromium = chromium
        self._page: Any = None

    @property
    def page(self) -> Any:
        if self._page is None:
            context = self._chromium.new_context(
                viewport={"width": 1200, "height": 1000},
                # Where a page may not copy, a dialog opens some time after the key.
                permissions=["clipboard-read", "clipboard-write"],
            )
            self._page = context.new_page()
            self._page.set_default_timeout(60_000)
            self._page.on("console", self._hear)
            self._page.on("pageerror", lambda error: self.errors.append(error.stack or str(error)))
            self._prepare(self._page)
            if self.name == "lab":
                self._goto(f"lab/workspaces/{uuid.uuid4().hex}")
        return self._page

    def _hear(self, message: Any) -> None:
        # Notebook asks its server for fonts that it does not get.
        if message.type == "error" and "/static/" not in message.location["url"]:
            self.errors.append(f"{message.text} ({message.location['url']})")

    def reload(self) -> None:
        self.page.reload()
        self._wait()

    def _goto(self, path: str) -> None:
        self._page.goto(f"{self.server.url}/{path}?token={self.server.token}")
        self._wait()

    def _wait(self) -> None:
        self._page.wait_for_function("() => globalThis.jupyterapp?.restored.then(() => true)")

    def open(self, path: str) -> None:
        """Open a document and show it; Notebook shows one at a time."""
        if self.name == "lab":
            command = "jupyterapp.commands.execute('docmanager:open', { path })"
            self.page.evaluate(f"async (path) => {{ await {command}; }}", path)
        else:
            assert self.page  # is there
            self._goto(f"notebooks/{path}")

    def close(self, path: str) -> None:
        """Close a document, whatever is in it, and the dialogs that it has left."""
        if self._page is None:
            return
        if self.name == "notebooks":
            self.page.goto("about:blank")
            return
        self.page.evaluate(
            """async (path) => {
                for (let i = 0, dialog; (dialog = document.querySelector(".jp-Dialog")); i++) {
                    if (i > 100) throw new Error(`a dialog stays: ${dialog.textContent}`);
                    dialog.querySelector(".jp-Dialog-footer button").click();
                    await new Promise(requestAnimationFrame);
                }
                for (const widget of [...jupyterapp.shell.widgets("main")]) {
                    if (widget.context?.path === path) widget.dispose();
                }
            }""",
            path,
        )

    def leave(self) -> None:
        """Leave the page; the next document gets another one."""
        if self._page is not None:
            self._page.context.close()
            self._page = None


class Notebook:
    """A document in a page."""

    def __init__(self, face: Face, kernels: Kernels) -> None:
        self._face = face
        self._kernels = kernels
        self._session: dict[str, Any] | None = None
        self._path: Path | None = None
        self.server = face.server

    @property
    def face(self) -> str:
        return self._face.name

    @property
    def page(self) -> Any:
        return self._face.page

    @property
    def errors(self) -> list[str]:
        """What the page has complained of since the document was opened."""
        return self._face.errors

    def goto(self, path: Path, *, kernel: bool = True) -> Notebook:
        """Open a notebook (again), and do not wait for its kernel."""
        if self._path is not None:
            self._face.close(self._path.name)
        if kernel and self._session is None:
            self._session = self._kernels.take(path.name)
        self._path = path
        self._face.open(path.name)
        return self._show_when_ready()

    def _show_when_ready(self) -> Notebook:
        assert self._path is not None
        self.page.wait_for_function(
            """(path) => {
                const panel = [...(globalThis.jupyterapp?.shell.widgets("main") ?? [])]
                    .find(({ context }) => context?.path === path);
                return panel?.context.isReady;
            }""",
            arg=self._path.name,
        )
        return self.show()

    def open(self, path: Path) -> Notebook:
        """Open a notebook and wait for its kernel."""
        return self.goto(path)._wait_for_kernel()

    def _wait_for_kernel(self) -> Notebook:
        self.lab("await panel.sessionContext.ready; await panel.sessionContext.session.kernel.info")
        self.errors.clear()  # what the application itself had to say
        return self

    def show(self) -> Notebook:
        """Bring it to the front; pictures are looked for in it from now on."""
        self.page.evaluate(READING)
        self.lab("app.shell.activateById?.(panel.id); globalThis.scope = panel.node")
        self.errors.clear()  # what the application itself had to say
        return self

    def reload(self) -> Notebook:
        """Load the page anew, as its user does."""
        assert self._path is not None
        self._face.reload()
        self._face.open(self._path.name)  # where JupyterLab has not done so already
        return self._show_when_ready()._wait_for_kernel()

    def kill(self) -> None:
        """Kill its kernel."""
        assert self._session is not None
        os.kill(int(self.python("import os; print(os.getpid())")), signal.SIGKILL)

    def close(self) -> None:
        """Close it, and give its kernel back."""
        try:
            if self._path is not None:
                self._face.close(self._path.name)
        except Exception:
            self._face.leave()  # a page that does not even do that is of no use to the next one
            raise
        finally:
            if self._session is not None:
                self._kernels.end(self._session)

    def run(self) -> Notebook:
        """Run all cells, to the end."""
        self.lab("await app.commands.execute('notebook:run-all-cells')")
        return self

    def run_cell(self, number: int) -> Notebook:
        """Run one cell."""
        self.lab(
            "panel.content.activeCellIndex = argument;"
            "await app.commands.execute('notebook:run-cell')",
            number,
        )
        return self

    def end_subshells(self) -> int:
        """End the threads of the kernel that widgets speak to, as JupyterLab does too early.

        It counts who uses one wrongly where some widgets come while others go.
        """
        code = """
            const { kernel } = panel.sessionContext.session;
            const ids = (await kernel.requestListSubshell({}).done).content.subshell_id;
            for (const id of ids) await kernel.requestDeleteSubshell({ subshell_id: id }).done;
            return ids.length;
        """
        return int(self.lab(code))

    def save(self) -> Notebook:
        self.lab("await panel.context.save()")
        return self

    def lab(self, code: str, argument: Any = None) -> Any:
        """Run JavaScript in which `app`, `panel` (the notebook's) and `argument` are there."""
        assert self._path is not None
        return self.page.evaluate(
            f"""async ([path, argument]) => {{
                const app = jupyterapp;
                const panel = [...app.shell.widgets("main")]
                    .find(({{ context }}) => context?.path === path);
                {code}
            }}""",
            [self._path.name, argument],
        )

    def python(self, code: str) -> str:
        """Run code in the kernel, as no cell, and return what it prints."""
        return str(
            self.lab(
                """
                const { kernel } = panel.sessionContext.session;
                const future = kernel.requestExecute({ code: argument, store_history: false });
                let text = "";
                future.onIOPub = ({ header, content }) => {
                    if (header.msg_type === "stream") text += content.text;
                    if (header.msg_type === "error") text += content.traceback.join("\\n");
                };
                await future.done;
                return text;
                """,
                code,
            )
        ).strip()

    def wait_python(self, condition: int | str) -> None:
        """Wait until the scrubber's index in Python is this, or until something else holds."""
        if isinstance(condition, int):
            condition = f"scrubber.index == {condition}"
        self.lab(
            """
            const { kernel } = panel.sessionContext.session;
            for (const until = performance.now() + 60_000; performance.now() < until; ) {
                const future = kernel.requestExecute(
                    { code: "", user_expressions: { holds: argument }, store_history: false });
                const { content } = await future.done;
                if (content.user_expressions.holds.data["text/plain"] === "True") return;
            }
            throw new Error(`Python was not told: ${argument}`);
            """,
            condition,
        )

    def js(self, expression: str, argument: Any = None) -> Any:
        return self.page.evaluate(f"async (argument) => ({expression})", argument)

    def wait(self, condition: str, timeout: float = 60_000) -> None:
        from playwright.sync_api import TimeoutError

        try:
            self.page.wait_for_function(f"() => ({condition})", timeout=timeout)
        except TimeoutError:
            pytest.fail(f"It never came true: {condition}\n{self._state()}")

    def _state(self) -> str:
        """What there is to see, for those who wait in vain."""
        state = self.lab(
            """
            const { session } = panel.sessionContext;
            return {
                kernel: `${session?.kernel?.status}, ${session?.kernel?.connectionStatus}`,
                cells: panel.content.widgets.map(({ model }) => [
                    model.executionCount,
                    model.sharedModel.executionState,
                    model.outputs?.toJSON().map((output) => JSON.stringify(output).slice(0, 300)),
                ]),
                outputs: [...panel.node.querySelectorAll(".jp-OutputArea-output")]
                    .map(({ innerHTML }) => innerHTML.slice(0, 300)),
            };
            """
        )
        state["sliders"] = self.page.locator(".noUi-handle").evaluate_all(
            "(all) => all.map((one) => one.getAttribute('aria-valuenow'))"
        )
        state["focus"] = self.page.evaluate("document.activeElement?.outerHTML.slice(0, 200)")
        return json.dumps({**state, "errors": self.errors}, indent=1)

    def wait_index(self, index: int, n: int = 0) -> None:
        """Wait until the n-th scrubber's picture, its pixels, shows a patch."""
        self.wait(f"shownIndex({n}) === {index}")

    def locator(self, selector: str) -> Any:
        """Return a locator for something in the document."""
        panel = self.lab("return panel.id")
        return self.page.locator(f"[id='{panel}']").locator(selector)

    def find(self, selector: str, n: int = 0) -> Any:
        """Return a locator for something in the n-th scrubber; it looks into shadow roots."""
        return self.locator(".patchviz-scrubber").nth(n).locator(selector)

    @property
    def readout(self) -> str:
        return str(self.find(".patchviz-readout").inner_text()).strip()


@pytest.fixture(scope="session")
def faces(server: Server, chromium: Any) -> Iterator[dict[str, Face]]:
    faces = {name: Face(server, chromium, name) for name in ("lab", "notebooks")}
    yield faces
    for face in faces.values():
        face.leave()


@pytest.fixture(scope="session")
def document(faces: dict[str, Face], kernels: Kernels) -> Callable[[str], Any]:
    """Return a context in which there is a document in a face; it opens what it is given."""

    @contextmanager
    def document(face: str) -> Iterator[Notebook]:
        notebook = Notebook(faces[face], kernels)
        try:
            yield notebook
        finally:
            notebook.close()

    return document


@pytest.fixture
def lab(document: Callable[[str], Any]) -> Iterator[Notebook]:
    """A document in JupyterLab."""
    with document("lab") as notebook:
        yield notebook


@pytest.fixture(params=["lab", "notebooks"])
def notebook(document: Callable[[str], Any], request: pytest.FixtureRequest) -> Iterator[Notebook]:
    """A document in JupyterLab, then one in Notebook."""
    with document(request.param) as notebook:
        yield notebook


@pytest.fixture
def own_document(
    server: Server, kernels: Kernels, chromium: Any
) -> Iterator[Callable[..., Notebook]]:
    """Return a document in a page of its own, for tests that do something to all of the page."""
    documents = []

    def new(name: str, prepare: Callable[[Any], object] = lambda page: None) -> Notebook:
        face = Face(server, chromium, name, prepare)
        documents.append((Notebook(face, kernels), face))
        return documents[-1][0]

    yield new
    for notebook, face in documents:
        notebook.close()
        face.leave()
