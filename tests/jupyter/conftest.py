"""JupyterLab and Notebook, really started, and their pages in Chromium."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ..numbered import READING

ROOT = Path(__file__).parents[2]

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

    def address(self, face: str, path: str) -> str:
        """Return the address of a file; `face` is "lab" or "notebooks"."""
        if face == "lab":  # which would open again what was open before
            face = f"lab/workspaces/{uuid.uuid4().hex}/tree"
        return f"{self.url}/{face}/{path}?token={self.token}"

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


@pytest.fixture(scope="session")
def server(
    tmp_path_factory: pytest.TempPathFactory, chromium: Any, require: Any
) -> Iterator[Server]:
    require("jupyterlab", "notebook")
    server = Server(tmp_path_factory.mktemp("jupyter"))
    yield server
    server.stop()


class Notebook:
    """A notebook in a page of the browser."""

    def __init__(self, server: Server, page: Any, face: str) -> None:
        self.server = server
        self.page = page
        self.face = face
        self.errors: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.add_init_script(READING)

    def _hear(self, message: Any) -> None:
        # Notebook asks its server for fonts that it does not get.
        if message.type == "error" and "/static/" not in message.location["url"]:
            self.errors.append(f"{message.text} ({message.location['url']})")

    def goto(self, path: Path) -> Notebook:
        """Open a notebook, and do not wait for a kernel."""
        self.page.goto(self.server.address(self.face, path.name))
        self.page.wait_for_function(
            """(name) => {
                const context = globalThis.jupyterapp?.shell.currentWidget?.context;
                return context?.path === name && context.isReady;
            }""",
            arg=path.name,
        )
        return self

    def open(self, path: Path) -> Notebook:
        """Open a notebook and wait for its kernel."""
        self.goto(path)
        self.lab("await panel.sessionContext.ready; await panel.sessionContext.session.kernel.info")
        self.errors.clear()  # what the application itself had to say
        return self

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

    def save(self) -> Notebook:
        self.lab("await panel.context.save()")
        return self

    def lab(self, code: str, argument: Any = None) -> Any:
        """Run JavaScript in which `app`, `panel` (the notebook's) and `argument` are there."""
        return self.page.evaluate(
            f"""async (argument) => {{
                const app = jupyterapp;
                const panel = app.shell.currentWidget;
                {code}
            }}""",
            argument,
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

    def js(self, expression: str, argument: Any = None) -> Any:
        return self.page.evaluate(f"async (argument) => ({expression})", argument)

    def wait(self, condition: str, timeout: float = 60_000) -> None:
        self.page.wait_for_function(f"() => ({condition})", timeout=timeout)

    def wait_index(self, index: int, n: int = 0) -> None:
        """Wait until the n-th scrubber's picture, its pixels, shows a patch."""
        self.wait(f"shownIndex({n}) === {index}")

    def find(self, selector: str, n: int = 0) -> Any:
        """Return a locator for something in the n-th scrubber; it looks into shadow roots."""
        return self.page.locator(".patchviz-scrubber").nth(n).locator(selector)

    @property
    def readout(self) -> str:
        return str(self.find(".patchviz-readout").inner_text()).strip()


@pytest.fixture(scope="session")
def new_notebook_page(server: Server, chromium: Any) -> Callable[[str], Notebook]:
    def new(face: str) -> Notebook:
        context = chromium.new_context(viewport={"width": 1200, "height": 1000})
        page = context.new_page()
        page.set_default_timeout(60_000)
        return Notebook(server, page, face)

    return new


@pytest.fixture(params=["lab", "notebooks"])
def notebook(
    new_notebook_page: Callable[[str], Notebook], request: pytest.FixtureRequest
) -> Iterator[Notebook]:
    """A page of JupyterLab, then one of Notebook."""
    notebook = new_notebook_page(request.param)
    yield notebook
    notebook.page.context.close()


@pytest.fixture
def lab(new_notebook_page: Callable[[str], Notebook]) -> Iterator[Notebook]:
    """A page of JupyterLab."""
    notebook = new_notebook_page("lab")
    yield notebook
    notebook.page.context.close()
